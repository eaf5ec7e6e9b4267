import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, jsonValue, property } from 'fast-check';

import { duplicateName } from './duplicate-name.ts';

test('duplicate name: found at any depth, however it is spelt', () => {
  assert.equal(duplicateName('{"a":1,"a":2}'), 'a');
  assert.equal(duplicateName('{"x":[{"b":{}, "c" : {"d":1,"\\u0064":2}}]}'), 'd');
  assert.equal(duplicateName('{"a:{\\"":1,"a:{\\"":2}'), 'a:{"');
});

test('duplicate name: one name in two objects, or in a value, is none', () => {
  assert.equal(duplicateName('{"a":{"a":["a","a",{"a":1}]},"b":"a"}'), null);
  assert.equal(duplicateName('[{"a":1},{"a":2}]'), null);
});

test('duplicate name: no printed value has one', () => {
  check(property(jsonValue(), (value) => duplicateName(JSON.stringify(value)) === null));
});
