/** The version of the kernel, as recorded with every decision. */
export const kernelVersion = '0.0.0';
