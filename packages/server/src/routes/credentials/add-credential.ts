import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { credentialMembers, secret, shownCredential } from './credential-shapes.ts';
import { plainName } from '../shapes.ts';

const body = z.strictObject({
  name: plainName(z.string().min(1).max(200)),
  url: credentialMembers.url,
  access: credentialMembers.access,
  inject: credentialMembers.inject,
  agents: credentialMembers.agents,
  paths: credentialMembers.paths.optional(),
  methods: credentialMembers.methods.optional(),
  expiresAt: credentialMembers.expiresAt.optional(),
  secret,
});

/** Keeps a credential for calls that the daemon makes. Its secret is never answered. */
export const addCredential: Route = route({
  name: 'addCredential',
  method: 'POST',
  path: '/api/v1/credentials',
  rights: ['administer'],
  reach: 'node',
  summary: 'keeps a credential for calls the daemon makes; its secret is never answered',
  isRecording: true,
  body: {
    shape: body,
    example: {
      name: 'orders, reading',
      url: 'https://orders.example/api',
      access: 'read',
      inject: { kind: 'bearer' },
      agents: ['refunds'],
      secret: '…',
    },
  },
  answer: { status: 201, shape: shownCredential },
  codes: ['unknown-agent', 'unavailable'],
  handle: async ({ services }, { caller, body: { secret: given, ...rest } }) => {
    const { paths = [], methods = [], expiresAt = null } = rest;
    const request = { ...rest, paths, methods, expiresAt };
    return answerOf(await services.credentials.add(request, given, caller), { status: 201 });
  },
});
