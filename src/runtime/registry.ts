// The one place that lists the execution providers.
import type { ProviderName } from '../core/names.ts';
import type { Provider } from './provider.ts';
import { cpu } from './providers/cpu.ts';
import { cuda } from './providers/cuda.ts';
import { webgpu } from './providers/webgpu.ts';

const REGISTRY: Readonly<Record<ProviderName, Provider>> = { cpu, cuda, webgpu };

export function providerOf(name: ProviderName): Provider {
  return REGISTRY[name];
}
