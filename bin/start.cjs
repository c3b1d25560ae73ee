// Apart from tpb.cjs, because a Node that is too old may not know `import()` either.
'use strict';

import('../dist/src/cli/main.js').catch((thrown) => {
  const missing =
    thrown?.code === 'ERR_MODULE_NOT_FOUND' && /dist[\\/]src[\\/]cli[\\/]main\.js/.test(thrown.message);
  if (!missing) throw thrown;
  console.error(
    'token-pruning-bench is not compiled (in a checkout: npm run build; to make a package: npm run package)',
  );
  process.exit(2);
});
