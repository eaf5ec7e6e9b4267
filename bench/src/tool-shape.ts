import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** A tool with the arguments every call has, by type, as its JSON Schema says. */
export type ToolShape = {
  readonly name: string;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly lists: readonly string[];
};

/** Returns the shapes of the tools in a tool list as MCP servers publish it. */
export function shapesOf(list: Json): readonly ToolShape[] {
  const tools = isJsonObject(list) ? list['tools'] : undefined;
  if (!Array.isArray(tools)) throw new Error('the tool list has no `tools`');
  return tools.map(shapeOf);
}

function shapeOf(tool: Json): ToolShape {
  const { name, inputSchema } = objectOf(tool);
  const schema = objectOf(inputSchema);
  const properties = objectOf(schema['properties']);
  const listed = schema['required'];
  const required = Array.isArray(listed) ? listed.map((key: Json) => textOf(key)) : [];
  const ofType = (...types: readonly string[]): readonly string[] =>
    required.filter((key) => types.includes(textOf(objectOf(properties[key])['type'])));
  return {
    name: textOf(name),
    texts: ofType('string'),
    numbers: ofType('number', 'integer'),
    lists: ofType('array'),
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
