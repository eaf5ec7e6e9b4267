import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { plainName } from '../shapes.ts';
import { keyGrants, keyMembers, shownKey } from './key-shapes.ts';

const body = z.strictObject({
  kind: keyMembers.kind,
  name: plainName(z.string().min(1).max(256)),
  roles: keyMembers.roles.optional(),
  scopes: keyMembers.scopes.optional(),
  agents: keyMembers.agents.optional(),
  expiresAt: keyMembers.expiresAt.optional(),
  email: plainName(z.string().min(3).max(255)).nullable().optional(),
  groups: z
    .array(plainName(z.string().min(1).max(100)))
    .max(100)
    .optional(),
  grants: keyGrants.optional(),
});

/** Makes an API key. Its secret is answered this once. */
export const addKey: Route = route({
  name: 'addKey',
  method: 'POST',
  path: '/api/v1/keys',
  rights: ['administer'],
  reach: 'node',
  summary: 'makes an API key; its secret is answered this once',
  isRecording: true,
  isSecret: true,
  body: { shape: body, example: { kind: 'agent', name: 'refunds gateway', agents: ['refunds'] } },
  answer: { status: 201, shape: z.strictObject({ key: shownKey, token: z.string() }) },
  codes: ['unknown-agent', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, body: given }) => {
    const { kind, name, roles = [], scopes = [], agents = null, expiresAt = null } = given;
    const { email = null, groups = [] } = given;
    const { grants } = given;
    const request = { kind, name, roles, scopes, agents, expiresAt, email, groups };
    const asked = grants === undefined ? request : { ...request, grants };
    return answerOf(await services.keys.add(asked, caller), { status: 201 });
  },
});
