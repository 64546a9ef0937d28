const { readFileSync } = require('node:fs');

// Lets a plain Node, such as a thread that a test starts, load TypeScript as Jest does.
require.extensions['.ts'] = (module, path) => {
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs', ignoreDynamic: true },
  });
  module._compile(code, path);
};
