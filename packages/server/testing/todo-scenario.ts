/*
 * The Todo scenario of the AuthZEN interoperability events: who may do what to whose todos. The
 * users, roles, actions and expected decisions are those the OpenID AuthZEN working group published
 * for Authorization API 1.0; they are written out here as a table.
 * Source: github.com/openid/authzen, interop/, scenario "Todo".
 */

/** One user: the id subjects have, the address todos are owned by, and the roles. */
export type TodoUser = {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly string[];
};

const user = (digit: string, email: string, ...roles: readonly string[]): TodoUser => ({
  id: `CiRmZD${digit}2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs`,
  email,
  roles,
});

/** The users, the first of whom owns a todo others may not touch. */
export const RICK: TodoUser = user('A', 'rick@the-citadel.com', 'admin', 'evil_genius');
const MORTY = user('E', 'morty@the-citadel.com', 'editor');
const SUMMER = user('I', 'summer@the-smiths.com', 'editor');
const BETH = user('M', 'beth@the-smiths.com', 'viewer');
const JERRY = user('Q', 'jerry@the-smiths.com', 'viewer');

/** All of them. */
export const USERS: readonly TodoUser[] = [RICK, MORTY, SUMMER, BETH, JERRY];

const TODOS: ReadonlyMap<TodoUser, string> = new Map([
  [RICK, '2'],
  [MORTY, '1'],
  [SUMMER, '3'],
  [BETH, '4'],
  [JERRY, '5'],
]);

/*
 * One row a user, one column a case: reading a user, reading oneself, reading todos, creating one,
 * updating Rick's, updating one's own (Rick: Morty's), deleting Rick's, deleting one's own.
 */
const EXPECTED: readonly (readonly [TodoUser, string])[] = [
  [RICK, '++++++++'],
  [MORTY, '++++-+-+'],
  [SUMMER, '++++-+-+'],
  [BETH, '+++-----'],
  [JERRY, '+++-----'],
];

/** One published case. */
export type TodoCase = { readonly request: object; readonly expected: boolean };

/** The 40 single evaluations. */
export const EVALUATION: readonly TodoCase[] = EXPECTED.flatMap(([who, row]) =>
  actionsOf(who).map((rest, index) => ({
    request: { subject: { type: 'user', id: who.id }, ...rest },
    expected: row[index] === '+',
  })),
);

function actionsOf(who: TodoUser): readonly object[] {
  const own = who === RICK ? MORTY : who;
  const read = { name: 'can_read_user' };
  return [
    { action: read, resource: { type: 'user', id: BETH.email } },
    { action: read, resource: { type: 'user', id: who.email } },
    { action: { name: 'can_read_todos' }, resource: { type: 'todo', id: 'todo-1' } },
    { action: { name: 'can_create_todo' }, resource: { type: 'todo', id: 'todo-1' } },
    { action: { name: 'can_update_todo' }, resource: todoOf(RICK) },
    { action: { name: 'can_update_todo' }, resource: todoOf(own) },
    { action: { name: 'can_delete_todo' }, resource: todoOf(RICK) },
    { action: { name: 'can_delete_todo' }, resource: todoOf(own) },
  ];
}

function todoOf(owner: TodoUser): object {
  const id = `7240d0db-8ff0-41ec-98b2-34a096273b9${TODOS.get(owner) ?? '0'}`;
  return { type: 'todo', id, properties: { ownerID: owner.email } };
}

/** The three of several: who may update which todos. */
export const EVALUATIONS: readonly {
  readonly request: object;
  readonly expected: readonly boolean[];
}[] = [
  several(RICK, [RICK, JERRY], [true, true]),
  several(MORTY, [RICK, MORTY], [false, true]),
  several(JERRY, [RICK, JERRY], [false, false]),
];

function several(
  who: TodoUser,
  owners: readonly TodoUser[],
  expected: readonly boolean[],
): (typeof EVALUATIONS)[number] {
  const evaluations = owners.map((owner) => ({ resource: todoOf(owner) }));
  const subject = { type: 'user', id: who.id };
  return { request: { subject, action: { name: 'can_update_todo' }, evaluations }, expected };
}

const TOOLS = `
tools:
  can_read_user: { effect: read, category: users }
  can_read_todos: { effect: read, category: todos }
  can_create_todo: { effect: write, category: todos }
  can_update_todo: { effect: write, category: todos }
  can_delete_todo: { effect: write, category: todos }
unlisted: block_and_replan
gates: off
`;

const HEAD = `
pact: plumbline/v1
agent: support
purpose: Keep the list of todos.
owner: todo@example.com
autonomy: 2
`;

const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(', ');
const ids = (...roles: readonly string[]): string =>
  quoted(
    USERS.filter((each) => each.roles.some((role) => roles.includes(role))).map(({ id }) => id),
  );
const OWN = USERS.filter(({ roles }) => roles.includes('editor'))
  .map(({ id, email }) => `(principal == "${id}" && args.ownerID == "${email}")`)
  .join(' || ');

/** A pact that knows the users itself: callers send nothing but who asks. */
export const TODO_PACT: string = `${HEAD}${TOOLS}
allow:
  - { id: look, tool: [can_read_user, can_read_todos] }
  - id: create
    tool: can_create_todo
    when: principal in [${ids('admin', 'editor')}]
  - id: update
    tool: can_update_todo
    when: principal in [${ids('evil_genius')}] || ${OWN}
  - id: delete
    tool: can_delete_todo
    when: principal in [${ids('admin')}] || ${OWN}
`;

const OWNED = '("editor" in session.roles && args.ownerID == session.email)';

/** A pact over what the caller attests of the user. */
export const TODO_PACT_ATTESTED: string = `${HEAD}session: { roles: list<string>, email: email }
${TOOLS}
allow:
  - { id: look, tool: [can_read_user, can_read_todos] }
  - id: create
    tool: can_create_todo
    when: '"editor" in session.roles || "admin" in session.roles'
  - id: update
    tool: can_update_todo
    when: '"evil_genius" in session.roles || ${OWNED}'
  - id: delete
    tool: can_delete_todo
    when: '"admin" in session.roles || ${OWNED}'
`;
