#!/usr/bin/env node
// Starts Bastide, on every platform. Also read by a Node.js that is too old for the rest: dist/main.js says so.
import('../dist/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('main.js')) throw error;
  process.stderr.write(
    'bastide: it is not built: dist/main.js does not exist (npm ci --ignore-scripts leaves the build out).\n' +
      '  Run npm run build in the folder of the project, or npm ci without --ignore-scripts.\n',
  );
  process.exitCode = 2;
});
