/** What an escape is tried on: things of this machine that must not be reached. */
export type Outside = {
  /** A port of this machine's loopback that answers. */
  readonly port: number;
  /** A Unix socket that answers, by its path, and one by an abstract name. */
  readonly socket: string;
  readonly abstract: string;
  readonly daemonSocket: string;
  /** A file with a secret that the agent's user may read. */
  readonly secret: string;
  /** A process of the agent's own user. */
  readonly pid: number;
};

/**
 * Returns a Perl program that tries to get out of a sandbox and prints one line for each way:
 * `held <name>`, or `ESCAPED <name>`. It uses nothing but Perl's own modules.
 */
export function escapesFrom(outside: Outside): string {
  const { port, socket, abstract, daemonSocket, secret, pid } = outside;
  const told = { port, socket, abstract, daemonSocket, secret, pid };
  const set = Object.entries(told).map(([name, value]) => {
    return `my $${name} = '${String(value).replaceAll(/['\\]/g, String.raw`\$&`)}';`;
  });
  return `${set.join('\n')}\n${PROGRAM}`;
}

const PROGRAM = String.raw`
use strict; use warnings FATAL => 'all'; no warnings 'exec';
use Socket; use Fcntl; use POSIX ();
$| = 1; $SIG{ALRM} = sub { die "late\n" };
my @tries;
sub try_to { push @tries, [@_] }
sub tcp { my ($host, $port) = @_; socket(my $s, PF_INET, SOCK_STREAM, 0) or return;
  connect($s, pack_sockaddr_in($port, inet_aton($host) // return)) ? $s : undef }
sub ask { my ($port, $text) = @_; my $s = tcp('127.0.0.1', $port) or return ''; syswrite $s, $text;
  shutdown $s, 1; my $said = ''; while (sysread $s, my $part, 4096) { $said .= $part } $said }
sub tunnel { ask(3128, "CONNECT $_[0] HTTP/1.1\r\nHost: $_[0]\r\n\r\n") =~ / 200 / }
sub plain { ask(3128, "GET http://$_[0]/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") =~ m{^HTTP/1.1 200} }
sub unix { socket(my $s, PF_UNIX, SOCK_STREAM, 0) or return; connect($s, pack_sockaddr_un($_[0])) }
sub content { open(my $f, '<', $_[0]) or return; local $/; my $text = <$f>; defined $text && length $text ? $text : undef }
sub can_write { sysopen(my $f, $_[0], O_WRONLY | O_CREAT) ? 1 : 0 }
sub call { my $made = syscall($_[0] + 0, map { /^-?\d+$/ ? $_ + 0 : $_ } @_[1 .. $#_]); $made >= 0 }
my $is_arm = (POSIX::uname())[4] eq 'aarch64';
my %nr = $is_arm
  ? (ptrace => 117, unshare => 97, setns => 268, keyctl => 219, add_key => 217, mount => 40, bpf => 280,
     perf => 241, uring => 425, chroot => 51, mknodat => 33, vm_read => 270, handle => 265, umount => 39)
  : (ptrace => 101, unshare => 272, setns => 308, keyctl => 250, add_key => 248, mount => 165, bpf => 321,
     perf => 298, uring => 425, chroot => 161, mknodat => 259, vm_read => 310, handle => 304, umount => 166);

try_to 'metadata address, directly' => sub { tcp('169.254.169.254', 80) };
try_to 'metadata address, through the proxy' => sub { plain('169.254.169.254') || tunnel('169.254.169.254:80') };
try_to 'metadata address, spelt otherwise' => sub { grep { plain($_) } '2852039166', '0xa9fea9fe', '169.254.43518', '[::ffff:169.254.169.254]' };
try_to 'metadata address, by a name' => sub { plain('metadata.google.internal') };
try_to 'DNS, by the resolver' => sub { gethostbyname('example.com') };
try_to 'DNS, by a packet' => sub {
  my $query = "\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";
  for my $host ('1.1.1.1', '127.0.0.53', '127.0.0.11') {
    socket(my $s, PF_INET, SOCK_DGRAM, 0) or next; send($s, $query, 0, pack_sockaddr_in(53, inet_aton($host))) or next;
    my $ready = ''; vec($ready, fileno $s, 1) = 1; return 1 if select($ready, undef, undef, 0.2) > 0 && recv($s, my $said, 512, 0);
  } 0 };
try_to 'the loopback of the machine, directly' => sub { tcp('127.0.0.1', $port) };
try_to 'the loopback of the machine, through the proxy' => sub { grep { tunnel($_) } "127.0.0.1:$port", "localhost:$port", "[::1]:$port", "127.1:$port", "2130706433:$port", "0:$port", "allowed.example:$port" };
try_to 'a host that is not listed' => sub { tunnel('example.org:443') || plain('example.org') };
try_to 'an address, by the proxy' => sub { tunnel('1.1.1.1:443') || plain('1.1.1.1') };
try_to 'another network' => sub { tcp('1.1.1.1', 443) };
try_to "the daemon's API, through the gateway's port" => sub {
  grep { ask(7411, "GET $_ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") =~ m{^HTTP/1.1 200} }
    '/api/v1/agents', '/mcp/support/../../api/v1/agents', '//api/v1/agents', 'http://localhost/api/v1/agents', '/mcp/other', '/mcp/support%2f..%2f..%2fapi%2fv1%2fagents' };
try_to "the daemon's socket" => sub { unix($daemonSocket) };
try_to 'a Unix socket of the machine' => sub { grep { unix($_) } $socket, '/run/docker.sock', '/var/run/docker.sock', '/run/dbus/system_bus_socket', '/run/systemd/private' };
try_to 'an abstract Unix socket of the machine' => sub { unix("\0$abstract") };
try_to 'a secret of the user' => sub { content($secret) };
try_to 'credentials of the machine' => sub { grep { content($_) } '/etc/shadow', "$ENV{HOME}/.ssh/id_rsa", '/root/.ssh/authorized_keys', '/etc/ssh/ssh_host_rsa_key' };
try_to 'homes of the machine' => sub { opendir(my $d, '/home') or return; grep { !/^\.|^agent$/ } readdir $d };
try_to 'variables of who started it' => sub { grep { /SECRET|^SSH_|^DBUS_|^PLUMB_/ } keys %ENV };
try_to 'ptrace of a process of the machine' => sub { call($nr{ptrace}, 16, $pid, 0, 0) };
try_to 'ptrace of process 1' => sub { call($nr{ptrace}, 16, 1, 0, 0) };
try_to 'the memory of process 1' => sub { my $to = "\0" x 16; my $l = pack('Q Q', unpack('Q', pack('P', $to)), 16); my $r = pack('Q Q', 4194304, 16); call($nr{vm_read}, 1, $l, 1, $r, 1, 0) };
try_to 'a signal to the machine' => sub { kill 0, $pid };
try_to 'ending process 1' => sub { kill 9, 1; select(undef, undef, undef, 0.05); !-d '/proc/1' };
try_to 'processes of the machine in /proc' => sub { -d "/proc/$pid" };
try_to 'the root and the variables of process 1' => sub { content('/proc/1/environ') || readlink('/proc/1/root') || opendir(my $d, '/proc/1/root/') };
try_to 'keys of the machine in /proc' => sub { content('/proc/keys') || content('/proc/kcore') };
try_to 'setuid programs' => sub { my $id = qx{su -c 'id -u' </dev/null 2>/dev/null; sudo -n id -u 2>/dev/null}; $id =~ /^0$/m };
try_to 'capabilities' => sub { content('/proc/self/status') !~ /^CapEff:\s0+$(?:.|\n)*^CapBnd:\s0+$(?:.|\n)*^NoNewPrivs:\s1$/m };
try_to 'name spaces of its own' => sub { call($nr{unshare}, 0x10000000) || call($nr{unshare}, 0x20000) || system('unshare -Ur true 2>/dev/null') == 0 };
try_to 'name spaces of others' => sub { my $found; for my $kind ('net', 'mnt', 'user') { sysopen(my $f, "/proc/1/ns/$kind", O_RDONLY) or next; $found ||= call($nr{setns}, fileno $f, 0) } $found };
try_to 'mounting' => sub { call($nr{mount}, "none", "/tmp", "tmpfs", 0, 0) || call($nr{mount}, "none", "/usr", "none", 0x1020, 0) || system('umount /etc/shadow 2>/dev/null') == 0 };
try_to 'changing the root' => sub { call($nr{chroot}, "/tmp") };
try_to 'files by their handles' => sub { my $h = pack('L l a8', 8, 1, "\0" x 8); call($nr{handle}, 0, $h, 0) };
try_to 'devices' => sub { POSIX::mkfifo('/tmp/fifo', 0600); call($nr{mknodat}, -100, "/tmp/disk", 0x6180, 0x800) || grep { -e $_ } '/dev/sda', '/dev/vda', '/dev/mem', '/dev/kmsg', '/dev/kvm', '/dev/fuse' };
try_to 'raw sockets' => sub { socket(my $s, PF_INET, SOCK_RAW, 1) || socket(my $p, 17, SOCK_RAW, 3) };
try_to 'sockets of the hypervisor and of the kernel' => sub { socket(my $v, 40, SOCK_STREAM, 0) || socket(my $a, 38, 5, 0) };
try_to 'keyrings' => sub { call($nr{keyctl}, 0, -3, 0) || call($nr{add_key}, "user", "x", "y", 1, -3) };
try_to 'programs in the kernel' => sub { my $a = "\0" x 128; call($nr{bpf}, 0, $a, 128) || call($nr{perf}, $a, 0, -1, -1, 0) || call($nr{uring}, 8, $a) };
try_to 'core patterns and other settings of the kernel' => sub { grep { can_write($_) } '/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger', '/proc/sys/vm/overcommit_memory', '/proc/sys/user/max_user_namespaces' };
try_to 'settings of devices and control groups' => sub { opendir(my $d, '/sys') or return; grep { !/^\./ } readdir $d };
try_to 'writing outside' => sub { grep { can_write($_) } '/escaped', '/usr/escaped', '/etc/escaped', '/opt/escaped', '/bin/escaped', '/home/escaped', "$secret.escaped", '/proc/self/../../escaped' };
try_to 'typing into the terminal' => sub { my $c = 'x'; ioctl(STDIN, 0x5412, $c) };
try_to 'open files of who started it' => sub { opendir(my $d, '/proc/self/fd') or return 1; grep { /^\d+$/ && $_ > 2 && (readlink("/proc/self/fd/$_") // '') !~ m{^/proc/\d+/fd$|escapes\.pl$} } readdir $d };
for my $try (@tries) {
  my ($name, $code) = @$try; local $!;
  my $out = eval { alarm 4; my @found = $code->(); alarm 0; scalar grep { $_ } @found }; alarm 0;
  print $out ? "ESCAPED $name\n" : "held $name\n";
}
print "all tried\n";
`;
