"""ONNX Runtime sessions with the very settings of src/runtime/settings.ts, for our graphs and for the exported ones, so
that these differ in their graphs alone."""
import time

import numpy as np
import onnxruntime as ort

CONFIG = {"session.force_spinning_stop": "1"}


def options(threads: int) -> ort.SessionOptions:
    chosen = ort.SessionOptions()
    chosen.intra_op_num_threads = threads
    chosen.inter_op_num_threads = 1
    chosen.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    chosen.enable_mem_pattern = False
    chosen.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    chosen.log_severity_level = 3
    for key, value in CONFIG.items():
        chosen.add_session_config_entry(key, value)
    return chosen


class Sessions:
    """Each graph file is loaded once a process and name: the second copy of dense is a session of its own."""

    def __init__(self, threads: int):
        self.threads, self.loaded = threads, {}

    def load(self, name: str, path: str) -> tuple[ort.InferenceSession, float]:
        if (name, path) not in self.loaded:
            start = time.perf_counter()
            session = ort.InferenceSession(path, options(self.threads), providers=["CPUExecutionProvider"])
            self.loaded[name, path] = session, 1000 * (time.perf_counter() - start)
        return self.loaded[name, path]


def runner(session: ort.InferenceSession, batches: list[dict]):
    """index of an input batch -> logits; a graph is fed the inputs that it declares."""
    wanted = [(one.name, np.int32 if one.type == "tensor(int32)" else np.int64) for one in session.get_inputs()]
    feeds = [{name: np.ascontiguousarray(batch[name], dtype) for name, dtype in wanted} for batch in batches]
    place = [one.name for one in session.get_outputs()].index("logits")
    return lambda index: session.run(None, feeds[index])[place]


def padded_batches(job: dict) -> list[dict]:
    """The group's input batches as rectangles [B, longest], padded on the right, as src/text/batch.ts builds them."""
    batches = []
    for index, sequences in enumerate(job["inputs"]):
        longest = max(len(ids) for ids in sequences)
        shape = (len(sequences), longest)
        ids, mask, types = np.full(shape, job["padId"], np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, tokens in enumerate(sequences):
            ids[row, :len(tokens)], mask[row, :len(tokens)] = tokens, 1
            if "typeOneFrom" in job:
                types[row, job["typeOneFrom"][index][row]:len(tokens)] = 1
        batches.append({"input_ids": ids, "attention_mask": mask, "token_type_ids": types})
    return batches
