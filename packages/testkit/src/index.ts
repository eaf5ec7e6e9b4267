export { type Random, randomOf } from './generate/random.ts';
export { factOf, Scene, sceneOf } from './makers/scene.ts';
export { verifies } from './verifies.ts';
