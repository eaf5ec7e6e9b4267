import { type Machine, MACHINE_CALLS, seccompFilter } from './seccomp.ts';
import { quoted } from './quote.ts';

/**
 * What stands before each name of the agent's environment until the agent begins: nothing of it is
 * heeded by the programs that set the sandbox up.
 */
export const AGENT_PREFIX: string = 'PLUMB_AGENT_ENV_';

/** Where those programs are looked for. */
export const SYSTEM_PATH: string = '/usr/sbin:/usr/bin:/sbin:/bin';

// Perl is on every Debian (perl-base) and makes the three system calls that no program of
// util-linux makes: it joins a session keyring of its own, so that keys of whoever started this are
// not inherited, and puts the filter on. Whatever is open beside the three
// standard streams, of whoever started this, is closed first.
const LAUNCH = `use strict; use POSIX ();
opendir(my $held, '/proc/self/fd') or die "plumb: no /proc: $!\\n";
POSIX::close($_) for grep { /^[0-9]+$/ && $_ > 2 } readdir $held;
my ($keyctl, $prctl, $hex) = splice(@ARGV, 0, 3);
syscall($keyctl + 0, 1, 0) >= 0 or $! == 38 or die "plumb: no keyring of its own: $!\\n";
my $filter = pack('H*', $hex);
my $program = pack('S x6 P', length($filter) / 8, $filter);
syscall($prctl + 0, 22, 2, $program) == 0 or die "plumb: no filter of system calls: $!\\n";
my @own = grep { /^${AGENT_PREFIX}/ } keys %ENV;
my %own = map { substr($_, ${AGENT_PREFIX.length}) => $ENV{$_} } @own;
%ENV = %own;
exec { $ARGV[0] } @ARGV or die "plumb: $ARGV[0] cannot be started: $!\\n";`;

/** Returns the words a shell starts an agent's command behind. */
export function launcherFor(machine: Machine): string {
  const { keyctl, prctl } = MACHINE_CALLS[machine];
  const filter = seccompFilter(machine).toString('hex');
  return `perl -e ${quoted(LAUNCH)} ${keyctl} ${prctl} ${filter}`;
}

// The loopback of a fresh network name space is down: SIOCSIFFLAGS with IFF_UP and IFF_RUNNING.
const RAISE = `use strict; use warnings;
socket(my $socket, 2, 2, 0) or die "plumb: no socket: $!\\n";
my $request = pack('Z16 s x14', 'lo', 0x41);
ioctl($socket, 0x8914, $request) or die "plumb: the loopback stays down: $!\\n";`;

/** The words a shell raises the loopback of its network name space with. */
export const RAISE_LOOPBACK: string = `perl -e ${quoted(RAISE)}`;
