import { createHmac } from 'node:crypto';
import type { Mac } from '@plumbline/core';

/** HMAC-SHA-256 by Node: a draw from a full period must not hold up decisions. */
export const mac: Mac = (key, text) => createHmac('sha256', key).update(text).digest('hex');
