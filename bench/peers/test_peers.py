"""python -m unittest discover -s bench/peers     (about 20 s with torch, which some tests need; no data)

Proves on a tiny model: the order of turns, that everybody is held to our answers, what is written and when it is
measured again, that settings and words are those of src/, and that a model of ours is loaded to the same logits.
"""
import hashlib
import io
import json
import random
import re
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))
import peers
import quiet
import records

ROOT = Path(__file__).resolve().parent.parent.parent
HAS_NUMPY, HAS_ORT = find_spec("numpy") is not None, find_spec("onnxruntime") is not None
HAS_TORCH = all(find_spec(name) is not None for name in ("torch", "transformers", "safetensors"))
HAS_EXPORT = HAS_TORCH and HAS_ORT and find_spec("onnx") is not None
GROUP = {"model": "tiny", "task": "reviews", "text": "full", "provider": "cpu", "precision": "fp32", "threads": 1, "batch": 2, "seqLen": 16}


def source(path: str) -> str:
    return (ROOT / path).read_text()


class WordsOfTheProgram(unittest.TestCase):
    """What is declared twice, here and in src/, must say the same."""

    def test_names_of_the_peers(self):
        found = re.search(r"PEERS = \[([^\]]*)\]", source("src/core/schema/peer.ts")).group(1)
        self.assertEqual(re.findall(r"'([^']+)'", found), peers.PEERS)

    def test_heap(self):
        self.assertIn(f"'{quiet.TUNABLES}'", source("src/run/heap.ts"))

    def test_limits_of_quietness(self):
        text = source("src/machine/quietness.ts")
        for name in ("STEAL_LIMIT_PERCENT", "PRESSURE_LIMIT_PERCENT", "OTHERS_LIMIT_CPUS"):
            self.assertEqual(float(re.search(rf"{name} = ([\d.]+)", text).group(1)), getattr(quiet, name))

    @unittest.skipUnless(HAS_ORT and HAS_NUMPY, "no onnxruntime")
    def test_session_settings(self):
        import onnxruntime as ort
        import sessions

        text = source("src/runtime/settings.ts")
        for key, value in sessions.CONFIG.items():
            self.assertIn(f"'{key}': '{value}'", text)
        for line in ("interOpNumThreads: 1", "executionMode: 'sequential'", "enableMemPattern: false", "?? 'all'", "logSeverityLevel: 3"):
            self.assertIn(line, text)
        chosen = sessions.options(3)
        self.assertEqual([chosen.intra_op_num_threads, chosen.inter_op_num_threads, chosen.enable_mem_pattern, chosen.log_severity_level], [3, 1, False, 3])
        self.assertEqual(chosen.graph_optimization_level, ort.GraphOptimizationLevel.ORT_ENABLE_ALL)
        self.assertEqual(chosen.get_session_config_entry("session.force_spinning_stop"), "1")

    def test_the_pinned_runtime_is_the_one_of_node(self):
        node = json.loads(source("package.json"))["optionalDependencies"]["onnxruntime-node"]
        self.assertIn(f"onnxruntime=={node}", source("bench/peers/requirements.txt"))


@unittest.skipUnless(HAS_NUMPY, "no numpy")
class Rounds(unittest.TestCase):
    def setUp(self):
        import numpy as np
        import rounds

        self.np, self.rounds, self.clock, self.calls, self.failures = np, rounds, 0.0, [], []

    def now(self):
        return self.clock

    def subject(self, name, seconds=0.1, answers=None, peer=False):
        def run(index):
            self.calls.append((name, index))
            self.clock += seconds
            value = answers(len([one for one, _ in self.calls if one == name])) if answers else 0.0
            return self.np.full((2, 2), value + index, self.np.float32)

        return self.rounds.Subject(name, 1.0, run, peer)

    def measure(self, subjects, inputs=2, seconds=2.0, least=2):
        return self.rounds.measure(subjects, inputs, seconds, least, random.Random(1), self.now,
                                   lambda phase, name, thrown: self.failures.append((phase, name, str(thrown))))

    def test_a_round_goes_forwards_and_backwards_and_begins_one_further_each_time(self):
        self.assertEqual(self.rounds.order_of(3, 0), [0, 1, 2, 2, 1, 0])
        self.assertEqual(self.rounds.order_of(3, 1), [1, 2, 0, 0, 2, 1])
        self.assertEqual(self.rounds.order_of(3, 3), self.rounds.order_of(3, 0))

    def test_all_take_equal_turns_on_equal_inputs_in_time_order(self):
        tracked = self.measure([self.subject("dense"), self.subject("peer:a", peer=True), self.subject("ltp:x2")])
        self.assertEqual([one.subject.id for one in tracked], ["dense", "peer:a", "ltp:x2"])
        first = tracked[0].record()
        self.assertEqual(first["round"], sorted(first["round"]))
        self.assertEqual(first["inputIndex"], [number % 2 for number in first["round"]])
        for one in tracked[1:]:
            self.assertEqual((one.record()["round"], one.record()["inputIndex"]), (first["round"], first["inputIndex"]))
        self.assertEqual({first["round"].count(number) for number in first["round"]}, {2})
        self.assertTrue(all(abs(ms - 100) < 1e-6 for ms in first["samplesMs"]))

    def test_the_time_ends_the_rounds_but_not_before_the_least(self):
        tracked = self.measure([self.subject("dense", seconds=10)], seconds=1, least=3)
        self.assertEqual(tracked[0].record()["round"], [0, 0, 1, 1, 2, 2])

    def test_a_peer_that_computes_something_else_fails_with_the_difference_and_the_others_go_on(self):
        wrong = self.subject("peer:wrong", answers=lambda call: 0.01, peer=True)
        tracked = self.measure([self.subject("dense"), wrong, self.subject("peer:right", answers=lambda call: 0.0005, peer=True)])
        self.assertEqual([one.subject.id for one in tracked], ["dense", "peer:right"])
        self.assertEqual(self.failures[0][:2], ("warm-up", "peer:wrong"))
        self.assertRegex(self.failures[0][2], r"differ by up to 0\.01 .*allowed: 0\.001")
        self.assertAlmostEqual(tracked[1].difference, 0.0005, places=6)

    def test_pruned_graphs_of_ours_may_answer_otherwise_than_dense(self):
        self.assertEqual(len(self.measure([self.subject("dense"), self.subject("ltp:x2", answers=lambda call: 3)])), 2)

    def test_an_answer_that_changes_between_calls_ends_the_subject_not_the_block(self):
        moody = self.subject("peer:moody", answers=lambda call: 0.0009 if call > 5 else 0.0, peer=True)
        tracked = self.measure([self.subject("dense"), moody])
        self.assertEqual([one.subject.id for one in tracked], ["dense"])
        self.assertRegex(self.failures[0][2], "answered differently in round")

    def test_an_answer_that_is_no_number_fails(self):
        self.measure([self.subject("dense"), self.subject("peer:nan", answers=lambda call: float("nan"), peer=True)])
        self.assertRegex(self.failures[0][2], "not finite")

    def test_without_dense_nothing_is_measured(self):
        def broken(index):
            raise RuntimeError("no such graph")

        self.assertEqual(self.measure([self.rounds.Subject("dense", 1, broken), self.subject("peer:a", peer=True)]), [])

    def test_digest_is_that_of_the_program(self):
        arrays = [self.np.array([[1, 2]], self.np.float32), self.np.array([[3, 4]], self.np.float32)]
        whole = self.np.array([1, 2, 3, 4], self.np.float32).tobytes()
        self.assertEqual(self.rounds.digest(arrays), hashlib.sha256(whole).hexdigest())


@unittest.skipUnless(HAS_ORT and HAS_NUMPY, "no onnxruntime")
class Inputs(unittest.TestCase):
    def test_batches_are_padded_to_their_longest_sequence_and_masked(self):
        from sessions import padded_batches

        job = {"inputs": [[[5, 6, 7], [8]]], "padId": 1, "typeOneFrom": [[2, 1]]}
        (batch,) = padded_batches(job)
        self.assertEqual(batch["input_ids"].tolist(), [[5, 6, 7], [8, 1, 1]])
        self.assertEqual(batch["attention_mask"].tolist(), [[1, 1, 1], [1, 0, 0]])
        self.assertEqual(batch["token_type_ids"].tolist(), [[0, 0, 1], [0, 0, 0]])
        (plain,) = padded_batches({"inputs": [[[5, 6]]], "padId": 0})
        self.assertEqual(plain["token_type_ids"].tolist(), [[0, 0]])


class Quiet(unittest.TestCase):
    def test_other_work_is_told_from_our_own(self):
        ticks = quiet.TICKS_PER_SECOND
        before = {"at": 0.0, "own": 0.0, "times": (0, 0, 0), "waited": 0}
        after = {"at": 10.0, "own": 10.0, "times": (20 * ticks, 0, 40 * ticks), "waited": 2_000_000}
        codes = [doubt["code"] for doubt in quiet.doubts_between(before, after)]
        self.assertEqual(codes, ["busy-neighbours", "cpu-pressure"])
        alone = {**after, "times": (10 * ticks, 0, 40 * ticks), "waited": 0}
        self.assertEqual(quiet.doubts_between(before, alone), [])
        self.assertEqual(quiet.doubts_between({**before, "times": None, "waited": None}, after), [])

    def test_proc_files(self):
        self.assertEqual(quiet.cpu_times("cpu  10 1 5 100 4 1 1 3 0 0\ncpu0 1 1"), (18, 3, 125))
        self.assertEqual(quiet.pressure_total("some avg10=0.00 avg60=0.00 avg300=0.00 total=42\nfull"), 42)
        self.assertIsNone(quiet.cpu_times(""))

    def test_what_the_user_has_set_stays(self):
        with mock.patch.dict("os.environ", {"GLIBC_TUNABLES": ""}):
            self.assertEqual(quiet.environment(2, Path("c"))["GLIBC_TUNABLES"], "")
        self.assertEqual(quiet.environment(2, Path("c"))["OMP_NUM_THREADS"], "2")

    def test_nobody_waits_with_one_thread(self):
        settler = quiet.Settler(1)
        settler.settle()
        self.assertEqual((settler.calls, settler.doubts()), (0, []))


class Records(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def block(self, number=0, definition="d", ids=("dense", "peer:torch-eager")):
        return {"kind": "peer", "block": number, "definition": definition, "variants": [{"id": name} for name in ids]}

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_names_are_those_of_the_store(self):
        self.assertIn("replaceAll(/[^\\w.-]/g, '-')", source("src/store/blockNames.ts"))
        self.assertEqual(records.block_file(2), "peer-2.json")
        self.assertEqual(records.block_file(2, ["peer:torch-eager"]), "peer-2.failed.peer-torch-eager.json")

    def test_a_block_appears_whole_and_leaves_no_draft(self):
        records.write_block(self.folder / "group", self.block())
        self.assertEqual([path.name for path in (self.folder / "group").iterdir()], ["peer-0.json"])
        with self.assertRaises(ValueError):
            records.write_block(self.folder / "group", {**self.block(1), "wallMs": float("nan")})
        self.assertEqual([path.name for path in (self.folder / "group").iterdir()], ["peer-0.json"])

    def test_what_is_there_is_not_measured_again(self):
        records.write_block(self.folder, self.block())
        records.retire_others(self.folder, "d", again=False)
        self.assertTrue(records.is_done(self.folder, 0, ["peer:torch-eager"]))
        self.assertFalse(records.is_done(self.folder, 1, ["peer:torch-eager"]))

    def test_a_peer_that_failed_counts_as_done_and_one_that_was_not_asked_for_does_not(self):
        job = {"group": GROUP}
        failure = {"phase": "warm-up", "variants": ["peer:torch-compiled"], "reason": "no compiler"}
        records.write_block(self.folder, self.block())
        records.write_block(self.folder, records.failed_record(job, 0, "d", failure))
        self.assertTrue(records.is_done(self.folder, 0, ["peer:torch-eager", "peer:torch-compiled"]))
        self.assertFalse(records.is_done(self.folder, 0, ["peer:ort-exported"]))
        self.assertIn("peer-0.json.stale-1", self.names())

    def test_blocks_of_another_definition_and_torn_ones_are_set_aside_with_their_failures(self):
        records.write_block(self.folder, self.block(0, "old"))
        records.write_block(self.folder, records.failed_record({"group": GROUP}, 4, "old", {"phase": "load", "variants": ["peer:a"], "reason": "r"}))
        (self.folder / "peer-1.json").write_text('{"kind": "pe')
        (self.folder / "time-0.json").write_text("{}")
        records.retire_others(self.folder, "d", again=False)
        self.assertEqual(self.names(), ["peer-0.json.stale-1", "peer-1.json.stale-1", "time-0.json"])

    def test_again_sets_aside_what_still_holds(self):
        records.write_block(self.folder, self.block())
        records.retire_others(self.folder, "d", again=True)
        self.assertEqual(self.names(), ["peer-0.json.stale-1"])

    def test_versions_and_tunables_are_part_of_the_definition(self):
        job = {"definition": "d"}
        made = records.definition_of(job, {"torch": "2"}, "")
        self.assertEqual(made, records.definition_of(job, {"torch": "2"}, ""))
        self.assertNotEqual(made, records.definition_of(job, {"torch": "3"}, ""))
        self.assertNotEqual(made, records.definition_of(job, {"torch": "2"}, "hugetlb"))


class Parent(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.given = SimpleNamespace(seconds=0.1, again=False, timeout=20, print_request=False)

    def jobs(self, *keys):
        return [{"key": key, "group": GROUP, "peerDefinition": "d", "model": {}, "definition": "d"} for key in keys]

    def measure(self, jobs, child: str, names=("peer:ort-exported", "peer:torch-eager"), exports=None):
        """With block.py replaced by this script, which finds the request in `request`."""
        script = self.folder / "block.py"
        script.write_text("import json, os, sys, time\nrequest = json.load(sys.stdin)\n"
                          "def say(line): print(line, file=sys.stderr, flush=True)\n"
                          "def answer(job, ids): print(json.dumps({'group': job['key'], 'failures': [], 'block': {'kind': 'peer', 'block': request['block'],"
                          " 'variants': [{'id': one, 'samplesMs': [1, 1]} for one in ids]}}), flush=True)\n" + child)
        measurement = peers.Measurement(self.given, {"dir": str(self.folder)}, list(names), {}, self.folder)
        with mock.patch.object(peers, "HERE", self.folder), redirect_stderr(io.StringIO()):
            measurement.block(jobs, 0, exports or {"failures": {}})
        return measurement, {str(path.relative_to(self.folder / "blocks")): json.loads(path.read_text()) for path in (self.folder / "blocks").rglob("*.json")}

    def test_missing_packages_are_named_with_the_command(self):
        with mock.patch.object(peers, "PACKAGES", ["pip", "no-such-package"]), self.assertRaisesRegex(peers.Refusal, r"lacks no-such-package: .*pip install -r bench/peers/requirements\.txt"):
            peers.versions_here()

    def test_unknown_peers_and_groups_are_refused(self):
        with self.assertRaisesRegex(peers.Refusal, "ort-optimised"):
            peers.peers_of("ort-optimised")
        with self.assertRaisesRegex(peers.Refusal, "b9.*there are a.b1.s32"):
            peers.chosen(self.jobs("a.b1.s32"), "b9")
        self.assertEqual([job["key"] for job in peers.chosen(self.jobs("a.b1.s32", "a.b8.s32"), "b8,")], ["a.b8.s32"])

    def test_every_finished_group_is_on_disk_at_once(self):
        child = "for job in request['jobs']:\n    answer(job, ['dense', 'peer:torch-eager'])\n"
        measurement, files = self.measure(self.jobs("a", "b"), child)
        self.assertEqual(sorted(files), ["a/peer-0.json", "b/peer-0.json"])
        self.assertFalse(measurement.failed)

    def test_a_peer_that_kills_the_process_is_a_failed_row_and_the_others_are_measured_without_it(self):
        child = ("for job in request['jobs']:\n    say('@group ' + job['key'])\n"
                 "    if 'peer:torch-eager' not in request['banned']:\n"
                 "        say('@progress ' + json.dumps({'phase': 'warm-up', 'id': 'peer:torch-eager'}))\n        say('Illegal instruction')\n        os._exit(3)\n"
                 "    answer(job, ['dense', 'peer:ort-exported'])\n")
        measurement, files = self.measure(self.jobs("a", "b"), child)
        self.assertEqual(sorted(files), ["a/peer-0.failed.peer-torch-eager.json", "a/peer-0.json", "b/peer-0.json"])
        failed = files["a/peer-0.failed.peer-torch-eager.json"]
        self.assertEqual((failed["of"], failed["phase"]), ("peer", "crash"))
        self.assertIn("Illegal instruction", failed["reason"])
        self.assertTrue(measurement.failed)

    def test_a_process_that_dies_of_our_own_graph_fails_all_peers_of_that_group_and_goes_on_with_the_next(self):
        child = ("for job in request['jobs']:\n    say('@group ' + job['key'])\n"
                 "    say('@progress ' + json.dumps({'phase': 'load', 'id': 'dense'}))\n"
                 "    if job['key'] == 'a':\n        os._exit(9)\n    answer(job, ['dense', 'peer:ort-exported'])\n")
        _, files = self.measure(self.jobs("a", "b"), child)
        self.assertEqual(sorted(files), ["a/peer-0.failed.peer-ort-exported.peer-torch-eager.json", "b/peer-0.json"])

    def test_a_process_that_hangs_is_killed(self):
        self.given.timeout = 10  # a busy machine needs seconds to start a process
        child = ("say('@group a')\nsay('@progress ' + json.dumps({'phase': 'warm-up', 'id': 'peer:torch-eager'}))\n"
                 "time.sleep(60 if not request['banned'] else 0)\nanswer(request['jobs'][0], ['dense', 'peer:ort-exported'])\n")
        _, files = self.measure(self.jobs("a"), child)
        self.assertEqual(files["a/peer-0.failed.peer-torch-eager.json"]["phase"], "timeout")
        self.assertIn("a/peer-0.json", files)

    def test_a_graph_that_could_not_be_exported_is_a_failed_row_and_is_not_tried(self):
        child = "assert request['banned'] == ['peer:ort-exported']\nanswer(request['jobs'][0], ['dense', 'peer:torch-eager'])\n"
        _, files = self.measure(self.jobs("a"), child, exports={"failures": {"peer:ort-exported": "no exporter"}})
        self.assertEqual(files["a/peer-0.failed.peer-ort-exported.json"]["reason"], "no exporter")

    def test_groups_share_a_process_by_model_and_threads(self):
        jobs = self.jobs("a", "b", "c")
        jobs[1]["group"] = {**GROUP, "threads": 2}
        self.assertEqual([[job["key"] for job in own] for own in peers.together(jobs)], [["a", "c"], ["b"]])


@unittest.skipUnless(HAS_TORCH, "no torch or transformers")
class Model(unittest.TestCase):
    """A random model of two layers in our own file format."""

    CONFIG = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
              "max_position_embeddings": 40, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "num_labels": 2}
    OWN = {"embedding_size": 16, "head_activation": "tanh"}

    @classmethod
    def setUpClass(cls):
        import torch
        from transformers import BertConfig, BertForSequenceClassification

        torch.manual_seed(0)
        torch.set_num_threads(1)
        cls.torch = torch
        cls.reference = BertForSequenceClassification(BertConfig(**cls.CONFIG)).eval()
        with torch.no_grad():
            for parameter in cls.reference.parameters():
                parameter.normal_(std=0.3)

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def model(self, change=lambda weights: weights, config=None, first=0) -> dict:
        from safetensors.torch import save_file

        weights = change({name: tensor.detach().clone() for name, tensor in self.reference.state_dict().items() if not name.endswith("position_ids")})
        save_file(weights, str(self.folder / "weights.safetensors"))
        return {"config": json.dumps({**self.CONFIG, **self.OWN, **(config or {})}), "weights": str(self.folder / "weights.safetensors"),
                "weightsSha256": "0", "firstPosition": first}

    def batch(self):
        ids = self.torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0]])
        return {"input_ids": ids, "attention_mask": (ids > 0).long(), "token_type_ids": self.torch.zeros_like(ids)}

    def difference(self, model: dict) -> float:
        from hf import load_model

        with self.torch.inference_mode():
            return float((load_model(model)(**self.batch()).logits - self.reference(**self.batch()).logits).abs().max())

    def test_weights_are_loaded_as_they_are_stored(self):
        self.assertLess(self.difference(self.model()), 1e-6)

    def test_rows_of_int8_are_multiplied_out(self):
        def quantize(weights):
            name = "bert.embeddings.word_embeddings.weight"
            scale = weights[name].abs().amax(1) / 127
            rounded = (weights[name] / scale[:, None]).round()
            with self.torch.no_grad():
                self.reference.bert.embeddings.word_embeddings.weight.copy_(rounded * scale[:, None])
            return {**weights, name: rounded.to(self.torch.int8), name + ".row_scale": scale}

        self.assertLess(self.difference(self.model(quantize)), 1e-6)

    def test_a_position_table_that_begins_later_and_no_token_types_as_in_roberta(self):
        def shift(weights):
            positions = "bert.embeddings.position_embeddings.weight"
            return {**weights, positions: self.torch.cat([self.torch.ones(2, 16), weights[positions]])}

        self.assertLess(self.difference(self.model(shift, first=2)), 1e-6)

    def test_what_bert_cannot_be_is_refused_by_name(self):
        from hf import Unsupported, load_model

        for change in ({"head_activation": "relu"}, {"hidden_act": "gelu_tanh"}, {"embedding_size": 8}):
            with self.assertRaisesRegex(Unsupported, next(iter(change))):
                load_model(self.model(config=change))
        with self.assertRaisesRegex(Unsupported, "do not fit"):
            load_model(self.model(lambda weights: {name: tensor for name, tensor in weights.items() if "pooler" not in name}))

    @unittest.skipUnless(HAS_EXPORT, "no onnx")
    def test_both_exports_compute_the_same_and_the_optimizer_fuses_attention_in_every_layer(self):
        import onnx
        from export import prepare
        from sessions import Sessions, runner

        request = {"folder": str(self.folder / "made"), "model": self.model(), "names": ["exported", "optimized"]}
        made = prepare(request)
        self.assertEqual(made["failures"], {})
        nodes = [node.op_type for node in onnx.load(made["optimized"]).graph.node]
        self.assertEqual(nodes.count("Attention"), 2)
        self.assertIn("EmbedLayerNormalization", nodes)
        with self.torch.inference_mode():
            want = self.reference(**self.batch()).logits.numpy()
        for name in ("exported", "optimized"):
            session, _ = Sessions(1).load(name, made[name])
            got = runner(session, [{key: value.numpy() for key, value in self.batch().items()}])(0)
            self.assertLess(abs(got - want).max(), 1e-5)
        self.assertEqual(sorted(path.name for path in (self.folder / "made").iterdir()), ["exported.onnx", "optimized.onnx"])


if __name__ == "__main__":
    unittest.main()
