/** The processors that the filter knows the system calls of. */
export type Machine = 'x64' | 'arm64';

/** What the launcher and the filter need to know of a processor. */
export type MachineCalls = {
  readonly audit: number;
  readonly keyctl: number;
  readonly prctl: number;
  readonly clone: number;
  readonly clone3: number;
  readonly socket: number;
  readonly ioctl: number;
  /** Calls that reach beyond what an agent is given, whatever their arguments. */
  readonly refused: readonly number[];
};

// Mounts, name spaces, keys, kernel modules, other programs' performance counters, raw submission
// queues (which open sockets past this filter), and what only an administrator calls.
// Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h (Linux 6.12).
const SHARED = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442];
const X64 = [
  155, 161, 163, 165, 166, 167, 168, 169, 170, 171, 172, 173, 175, 176, 179, 246, 248, 249, 250,
  272, 298, 300, 304, 308, 313, 320, 321, 323,
];
const ARM64 = [
  39, 40, 41, 51, 60, 89, 97, 104, 105, 106, 142, 161, 162, 217, 218, 219, 224, 225, 241, 262, 265,
  268, 273, 280, 282, 294,
];

/** The numbers of system calls by processor. */
export const MACHINE_CALLS: Readonly<Record<Machine, MachineCalls>> = {
  x64: {
    audit: 0xc0_00_00_3e,
    keyctl: 250,
    prctl: 157,
    clone: 56,
    clone3: 435,
    socket: 41,
    ioctl: 16,
    refused: [...X64, ...SHARED],
  },
  arm64: {
    audit: 0xc0_00_00_b7,
    keyctl: 219,
    prctl: 167,
    clone: 220,
    clone3: 435,
    socket: 198,
    ioctl: 29,
    refused: [...ARM64, ...SHARED],
  },
};

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

// Source: include/uapi/linux/bpf_common.h, seccomp.h.
const LOAD = 0x20;
const EQUALS = 0x15;
const AT_LEAST = 0x35;
const HAS_BITS = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7f_ff_00_00;
const KILL = 0x80_00_00_00;
const ERROR = 0x00_05_00_00;
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];
const NUMBER_AT = 0;
const ARCH_AT = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

const X32_CALLS = 0x40_00_00_00;
const OWN_USERS = 0x10_00_00_00;
/** Unix, IPv4, IPv6 and netlink; the last says nothing but of the name space's own network. */
const FAMILIES = [1, 2, 10, 16];
/** Typing into the terminal, and what the virtual console takes. */
const TERMINAL_INPUT = [0x54_12, 0x54_1c];

/**
 * Returns the seccomp filter of an agent as the kernel reads it, little-endian: everything is let
 * through but what reaches beyond the sandbox, which fails as if it were not there.
 */
export function seccompFilter(machine: Machine): Buffer {
  const calls = MACHINE_CALLS[machine];
  const all: readonly Instruction[] = [
    [LOAD, 0, 0, ARCH_AT],
    [EQUALS, 1, 0, calls.audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER_AT],
    ...(machine === 'x64' ? refuseWhen(AT_LEAST, X32_CALLS, EPERM) : []),
    ...calls.refused.flatMap((call) => refuseWhen(EQUALS, call, EPERM)),
    ...refuseWhen(EQUALS, calls.clone3, ENOSYS),
    ...judgeArgument(calls.clone, 0, [
      [HAS_BITS, 0, 1, OWN_USERS],
      [RETURN, 0, 0, ERROR | EPERM],
    ]),
    ...judgeArgument(calls.socket, 0, [
      ...FAMILIES.map((family, at): Instruction => [EQUALS, FAMILIES.length - at, 0, family]),
      [RETURN, 0, 0, ERROR | EAFNOSUPPORT],
    ]),
    ...judgeArgument(
      calls.ioctl,
      1,
      TERMINAL_INPUT.flatMap((code) => refuseWhen(EQUALS, code, EPERM)),
    ),
    [RETURN, 0, 0, ALLOW],
  ];
  return Buffer.concat(all.map(bytesOf));
}

function refuseWhen(test: number, value: number, error: number): readonly Instruction[] {
  return [
    [test, 0, 1, value],
    [RETURN, 0, 0, ERROR | error],
  ];
}

/** What falls through `rules` is let through. */
function judgeArgument(
  call: number,
  argument: number,
  rules: readonly Instruction[],
): readonly Instruction[] {
  return [
    [EQUALS, 0, rules.length + 2, call],
    [LOAD, 0, 0, argumentAt(argument)],
    ...rules,
    [RETURN, 0, 0, ALLOW],
  ];
}

function bytesOf([code, jumpTrue, jumpFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(jumpTrue, 2);
  bytes.writeUInt8(jumpFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
