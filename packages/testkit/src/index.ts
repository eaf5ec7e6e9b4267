export { type Random, randomOf } from './generate/random.ts';
export { factOf, Scene, sceneOf } from './makers/scene.ts';
export { processorMs } from './processor-ms.ts';
export { runs } from './runs.ts';
export { until } from './until.ts';
export { verifies } from './verifies.ts';
