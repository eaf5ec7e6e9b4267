import { testModels } from '../../../testing/models-contract.ts';
import { modelsInFolder } from '../../../testing/models-folder.ts';
import { openModelsWorker } from './models-worker.ts';

testModels('read models, on a thread', () => modelsInFolder(openModelsWorker));
