// `npm run models`: what is in the zoo, taking models into it, building graphs, and checking that files and graphs are
// what they claim.
import { familyOf } from './command.ts';
import { build } from './models/build.ts';
import { check } from './models/check.ts';
import { calibrateGeometry } from './models/geometry.ts';
import { importFolder } from './models/import.ts';
import { list } from './models/list.ts';
import { remove } from './models/remove.ts';
import { verify } from './models/verify.ts';

export const command = familyOf(
  {
    name: 'models',
    summary: 'Lists, imports, removes, builds and verifies models and their points, and checks methods.',
  },
  [list, importFolder, remove, verify, check, build, calibrateGeometry],
  list,
);
