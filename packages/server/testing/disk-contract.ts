import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Disk } from '../src/disk/disk.ts';

/** The contract of `Disk` that needs no crash; `make` gives an empty one each time. */
export function testDiskContract(name: string, make: () => Disk): void {
  test(`${name}: a file that is not there reads as undefined, a folder lists nothing`, async () => {
    const disk = make();
    assert.equal(await disk.read('a/b'), undefined);
    assert.deepEqual(await disk.list('a'), []);
    await disk.syncFolder('a');
    await disk.remove('a/b');
  });

  test(`${name}: an opened file is made with its folders, and opened again is not emptied`, async () => {
    const disk = make();
    const file = await disk.open('a/b/c');
    await file.write(0, bytesOf('first'));
    await file.sync();
    await file.close();
    const again = await disk.open('a/b/c');
    assert.equal(await again.size(), 5);
    await again.close();
    assert.deepEqual(await textOf(disk, 'a/b/c'), 'first');
    assert.deepEqual(await disk.list('a/b'), ['c']);
  });

  test(`${name}: writes land at their offsets, a hole reads as zeros`, async () => {
    const disk = make();
    const file = await disk.open('f');
    await file.write(6, bytesOf('world'));
    await file.write(0, bytesOf('he'));
    await file.write(7, bytesOf('O'));
    assert.deepEqual(Buffer.from(await file.read(0, 99)), Buffer.from('he\0\0\0\0wOrld'));
    assert.deepEqual(Buffer.from(await file.read(8, 2)), Buffer.from('rl'));
    assert.equal((await file.read(50, 2)).length, 0);
    await file.close();
  });

  test(`${name}: what is written through is there, also after the file got another name`, async () => {
    const disk = make();
    const file = await disk.open('a/spare');
    await file.write(0, bytesOf('......'));
    await file.sync();
    await disk.rename('a/spare', 'a/used');
    await disk.replace('a/spare', bytesOf('other'));
    await file.writeThrough(2, bytesOf('on'));
    await file.writeThrough(4, bytesOf('e'));
    assert.equal(await textOf(disk, 'a/used'), '..one.');
    assert.equal(await textOf(disk, 'a/spare'), 'other');
    await file.close();
  });

  test(`${name}: a file is cut short, and what was cut does not come back`, async () => {
    const disk = make();
    const file = await disk.open('f');
    await file.write(0, bytesOf('secret'));
    await file.truncate(1);
    await file.truncate(3);
    assert.deepEqual(Buffer.from(await file.read(0, 9)), Buffer.from('s\0\0'));
    await file.close();
  });

  test(`${name}: a file is replaced whole, also many times at once`, async () => {
    const disk = make();
    await disk.replace('a/f', bytesOf('a long first content'));
    await Promise.all(['one', 'two', 'three'].map((text) => disk.replace('a/f', bytesOf(text))));
    assert.match(await textOf(disk, 'a/f'), /^(?:one|two|three)$/);
    assert.deepEqual(await disk.list('a'), ['f']);
  });

  test(`${name}: a renamed file takes the place of another and stays open`, async () => {
    const disk = make();
    await disk.replace('a/old', bytesOf('old'));
    const file = await disk.open('a/fresh');
    await file.write(0, bytesOf('fre'));
    await disk.rename('a/fresh', 'a/old');
    await file.write(3, bytesOf('sh'));
    await file.close();
    assert.deepEqual(await textOf(disk, 'a/old'), 'fresh');
    assert.deepEqual(await disk.list('a'), ['old']);
    await assert.rejects(disk.rename('a/none', 'a/other'), { fault: 'broken' });
  });

  test(`${name}: a linked file has two names, and a name that is taken stays`, async () => {
    const disk = make();
    await disk.replace('a/f', bytesOf('first'));
    await disk.link('a/f', 'b/c/f');
    await disk.replace('a/f', bytesOf('second'));
    await disk.link('a/f', 'b/c/f');
    assert.equal(await textOf(disk, 'b/c/f'), 'first');
    await disk.link('a/f', 'b/g');
    await disk.remove('a/f');
    assert.equal(await textOf(disk, 'b/g'), 'second');
    await assert.rejects(disk.link('a/f', 'b/h'), { fault: 'broken' });
  });

  test(`${name}: a removed file is gone, the others stay in order`, async () => {
    const disk = make();
    for (const letter of ['c', 'a', 'b']) await disk.replace(`x/${letter}`, bytesOf(letter));
    await disk.remove('x/b');
    await disk.syncFolder('x');
    assert.deepEqual(await disk.list('x'), ['a', 'c']);
  });

  test(`${name}: there is room`, async () => {
    const disk = make();
    await disk.replace('f', bytesOf('x'));
    assert.ok((await disk.freeBytes()) > 0);
  });
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

async function textOf(disk: Disk, path: string): Promise<string> {
  const bytes = await disk.read(path);
  assert.ok(bytes !== undefined);
  return Buffer.from(bytes).toString();
}
