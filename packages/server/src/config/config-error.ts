/** The configuration cannot be used; every line of the message names a place and what to do. */
export class ConfigError extends Error {}
