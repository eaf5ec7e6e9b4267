// The first thing that runs on a fresh clone, under whatever Node the machine has (14 or newer).
// It installs what the lockfile asks for when that is missing or stale, then hands the job to
// the Node that the lockfile pins. It may import nothing but Node's own modules.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const onWindows = process.platform === 'win32';
const pinnedNode = join(modules, 'node', 'bin', onWindows ? 'node.exe' : 'node');

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * Whether the Node and npm at hand can install the lockfile whole. Before its version 7, npm knew
 * neither workspaces nor this lockfile; and npm silently leaves out the linters' binaries when
 * the Node it runs on is not one of theirs.
 */
function canInstall() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isNodeFit = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  return isNodeFit && !/\bnpm\/[0-6]\./.test(process.env.npm_config_user_agent || '');
}

function runNpm(args) {
  const script = process.env.npm_execpath;
  return script && /\.c?js$/.test(script)
    ? spawnSync(process.execPath, [script].concat(args), { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: onWindows });
}

/** Borrows the pinned Node and a recent npm from the registry for this one install. */
function runBorrowedNpm(args) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Old versions of npx cannot borrow Node itself; the npm they can borrow is able to.
  const exec = ['npm@9.9.4', 'exec', '--package=node@' + devDependencies.node];
  const borrow = exec.concat(['--package=npm@11.19.1', '--', 'npm']);
  const env = Object.assign({}, process.env, { npm_config_yes: 'true' });
  // The npm that started this script must not lend its path and version to the borrowed one.
  delete env.npm_execpath;
  delete env.npm_node_execpath;
  delete env.npm_config_user_agent;
  return spawnSync('npx', borrow.concat(args), {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: onWindows,
  });
}

/** Says why an install is needed, or returns undefined when node_modules matches the lockfile. */
function whyInstall() {
  const installedPath = join(modules, '.package-lock.json');
  if (!existsSync(installedPath)) return 'node_modules is missing';
  if (!existsSync(pinnedNode)) return 'the pinned Node is missing';
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedPath);
  for (const path of Object.keys(wanted)) {
    const isInstallable = path.includes('node_modules/');
    const have = installed[path];
    // Optional packages are built for other platforms more often than not.
    if (!isInstallable || (!have && (wanted[path].optional || wanted[path].devOptional))) continue;
    if (!have || have.version !== wanted[path].version) return path + ' is not as locked';
  }
  return undefined;
}

function stop(message) {
  process.stderr.write(message + '\n');
  process.exit(1);
}

function install(reason) {
  process.stderr.write('plumbline: ' + reason + ', running `npm ci` (about 15 seconds) …\n');
  // The packages ask for the Node that this very install brings, so npm's engine complaint is
  // noise here; the pinned Node arrives through an install script, so scripts must be on.
  const flags = ['ci', '--loglevel=error', '--engine-strict=false', '--ignore-scripts=false'];
  const result = canInstall() ? runNpm(flags) : runBorrowedNpm(flags);
  if (result.status !== 0) {
    stop('plumbline: `npm ci` failed, see its message above; is the npm registry reachable?');
  }
  if (!existsSync(pinnedNode)) {
    stop(
      'plumbline: `npm ci` did not install Node for this platform: ' +
        process.platform +
        '-' +
        process.arch,
    );
  }
}

function run(args) {
  const flags = ['--conditions=plumbline-source', join(root, 'tools', 'job.ts')];
  // Tools that start `node` by name get the pinned one too, also outside an npm script.
  const path = join(modules, '.bin') + delimiter + (process.env.PATH || '');
  const env = Object.assign({}, process.env, { PATH: path });
  const child = spawn(pinnedNode, flags.concat(args), { env, stdio: 'inherit' });
  child.on('error', (error) => {
    stop('plumbline: cannot run ' + pinnedNode + ': ' + error.message);
  });
  // A terminal's Ctrl-C reaches the job as well, which ends what it runs; this waits for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (status, signal) => {
    process.removeAllListeners('SIGINT');
    process.removeAllListeners('SIGTERM');
    if (signal) process.kill(process.pid, signal);
    else process.exit(status === null ? 1 : status);
  });
}

const reason = whyInstall();
if (reason) install(reason);
run(process.argv.slice(2));
