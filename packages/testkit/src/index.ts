export { factOf, Scene, sceneOf } from './makers/scene.ts';
export { verifies } from './verifies.ts';
