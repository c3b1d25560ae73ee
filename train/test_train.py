"""python -m unittest discover -s train     (no data and no pretrained model needed; about 20 s)

Proves on a tiny encoder: neutral settings equal dense, padding changes nothing, a merged adapter equals a live one, an
interrupted run ends with the same weights as an uninterrupted one, stored files read back, bad input is named.
"""
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

sys.path.insert(0, str(Path(__file__).resolve().parent))
import export
import train
from data import Corpus, documents, read_sst2, token_batches, whole_sentences
from goldens import batch, random_model, random_skim
from model import Shape, dense_macs, pruned_macs
from pruning import ThresholdPruner, TopKPruner, TranskimmerPruner

TINY = Shape(vocab=60, hidden=16, layers=3, heads=2, ffn=32)
WORDS = {1: ["fine", "lovely", "warm", "bright", "kind"], 0: ["dull", "cold", "grim", "weak", "flat"]}
FILLER = ["the", "film", "is", "a", "very", "story", "and", "scene", "cast", "was"]


def pruners(shape):
    return {"ltp": ThresholdPruner([0, 0.7, 0.9]), "orphans": ThresholdPruner([0.5, 0.9, 1.0], protect_cls=False, floor=1e-3),
            "topk": TopKPruner(rates=[1, 0.7, 0.4]), "counts": TopKPruner(counts=[6, 4, 2], minus_self=True), "skim": random_skim(shape)}


def write_data(folder: Path, rows: int = 400) -> None:
    rng = random.Random(3)
    (folder / "sst2").mkdir(parents=True)
    for name, count in (("train", rows), ("dev", 40)):
        lines = ["sentence\tlabel"]
        for _ in range(count):
            label = rng.randrange(2)
            words = [rng.choice(WORDS[label] if rng.random() < 0.4 else FILLER) for _ in range(rng.randint(5, 9))]
            lines += [" ".join(words + ["."]) + f" \t{label}"]
        (folder / f"sst2/{name}.tsv").write_bytes(("\ufeff" + "\n".join(lines) + "\n").encode())


def write_base(folder: Path) -> None:
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    (folder / "config.json").write_text(json.dumps(TINY.to_hf()))
    save_file({k: v.detach().half() for k, v in random_model(TINY).state_dict().items()}, str(folder / "weights.safetensors"))
    vocabulary = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "."] + WORDS[0] + WORDS[1] + FILLER
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))


class MaskedReference(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)
        self.model = random_model(TINY)
        self.ids, self.mask, self.types = batch(random.Random(1), [9, 1, 14, 5, 2], TINY.vocab)

    def run_model(self, pruner=None, ids=None, mask=None, types=None):
        with torch.no_grad():
            return self.model(self.ids if ids is None else ids, self.mask if mask is None else mask,
                              self.types if types is None else types, pruner and pruner.eval())

    def test_neutral_settings_equal_dense(self):
        dense = self.run_model()
        skim = TranskimmerPruner(TINY, keep_bias=1e4)
        for pruner in (ThresholdPruner([0, 0, 0]), ThresholdPruner([1e-9] * 3), TopKPruner(rates=[1, 1, 1]), TopKPruner(counts=[99] * 3), skim):
            trace = self.run_model(pruner)
            torch.testing.assert_close(trace.logits, dense.logits, rtol=1e-5, atol=1e-5)
            torch.testing.assert_close(trace.hidden, dense.hidden, rtol=1e-4, atol=1e-5)
            self.assertTrue(torch.equal(trace.kept, dense.kept))

    def test_padding_changes_nothing(self):
        for name, pruner in {"dense": None, **pruners(TINY)}.items():
            together = self.run_model(pruner)
            for b, n in enumerate(self.mask.sum(1).tolist()):
                alone = self.run_model(pruner, self.ids[b:b + 1, :n], self.mask[b:b + 1, :n], self.types[b:b + 1, :n])
                torch.testing.assert_close(together.logits[b], alone.logits[0], rtol=1e-4, atol=1e-4, msg=name)
                torch.testing.assert_close(together.hidden[b, :n], alone.hidden[0], rtol=1e-4, atol=1e-4, msg=name)
                self.assertEqual(together.kept[:, b].tolist(), alone.kept[:, 0].tolist(), name)

    def test_kept_tokens_never_grow_and_flops_fall(self):
        for name, pruner in pruners(TINY).items():
            trace = self.run_model(pruner)
            self.assertTrue((trace.kept[1:] <= trace.kept[:-1]).all(), name)
            self.assertTrue((trace.kept <= trace.entered).all(), name)
            if name != "skim":
                self.assertLess(pruned_macs(TINY, trace).sum(), dense_macs(TINY, self.mask.sum(1).double()).sum(), name)

    def test_neutral_flops_equal_dense(self):
        trace = self.run_model(TopKPruner(rates=[1, 1, 1]))
        self.assertEqual(pruned_macs(TINY, trace).tolist(), dense_macs(TINY, self.mask.sum(1).double()).tolist())

    def test_merged_adapter_equals_live_one(self):
        for linear in self.model.encoder_linears().values():
            linear.add_adapter(4)
            torch.nn.init.normal_(linear.lora_B, std=0.1)
        live = self.run_model()
        for linear in self.model.encoder_linears().values():
            linear.merge_adapter()
        torch.testing.assert_close(self.run_model().logits, live.logits, rtol=1e-4, atol=1e-4)

    def test_soft_stage_moves_thresholds_and_gumbel_moves_predictors(self):
        soft = ThresholdPruner([0, 0.7, 0.9]).train()
        soft.soft = True
        sum(s.sum() for s in self.model(self.ids, self.mask, self.types, soft).scales).backward()
        self.assertTrue(soft.thresholds.grad[0] == 0 and (soft.thresholds.grad[1:] != 0).all())
        skim = random_skim(TINY).train()
        self.model(self.ids, self.mask, self.types, skim)
        skim.skim_loss.backward()
        self.assertTrue(all(s.out.weight.grad.abs().sum() > 0 for s in skim.skim))


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        write_data(self.root / "data")
        write_base(self.root / "base")
        self.addCleanup(setattr, train, "RUNS", train.RUNS)
        self.addCleanup(setattr, export, "RUNS", export.RUNS)
        train.RUNS = export.RUNS = self.root / "runs"
        self.corpus = Corpus(self.root / "data", self.root / "base/tokenizer.json", 1, held_out=20)

    def config(self, name, **settings):
        return train.Config(name=name, base=str(self.root / "base"), steps=6, budget=256, documents=5, rank=2, checkpoint_every=2,
                            threads=1, **settings)

    def final(self, name):
        final = torch.load(train.RUNS / name / "final.pt", weights_only=True)
        return {**final["model"], **final["pruner"]}

    def test_an_interrupted_run_ends_with_the_same_weights(self):
        for kind, settings in {"dense": {}, "soft": {"method": "ltp", "stage": "soft"}, "gumbel": {"method": "transkimmer", "stage": "gumbel", "keep_bias": 1.0},
                               "hard": {"method": "threshold", "stage": "hard"}}.items():
            train.train(self.config(kind, **settings), self.corpus, announce=lambda text: None)
            for stop in (3, None):
                train.train(self.config(kind + "-again", **settings), self.corpus, stop_at=stop, announce=lambda text: None)
            once, again = self.final(kind), self.final(kind + "-again")
            self.assertEqual(once.keys(), again.keys())
            for key in once:
                self.assertTrue(torch.equal(once[key], again[key]), f"{kind}: {key}")
            self.assertEqual(len((train.RUNS / f"{kind}-again/log.txt").read_text().splitlines()), 6)

    def test_a_stored_point_reads_back(self):
        self.addCleanup(setattr, export, "MODELS", export.MODELS)
        export.MODELS = self.root / "models"
        quiet = lambda text: None
        train.train(self.config("dense"), self.corpus, announce=quiet)
        export.export_model("dense", "m")
        on_stored = {"phrases": 50, "init": ""}
        for method, stage in (("topk", "hard"), ("transkimmer", "gumbel")):
            c = self.config(method, method=method, stage=stage, **on_stored)
            c.base = str(export.MODELS / "m")
            train.train(c, self.corpus, announce=quiet)
            export.export_point(method, "m")
            model, pruner, metadata = export.load_point(export.MODELS / "m", export.MODELS / f"m/points/{method}.safetensors")
            self.assertEqual(metadata["method"], method)
            live, live_pruner = train.build(c)
            train.load_final(method, live, live_pruner)
            ids, mask, _ = batch(random.Random(1), [9, 4], TINY.vocab)
            with torch.no_grad():
                stored, trained = model(ids, mask, pruner=pruner).logits, live.eval()(ids, mask, pruner=live_pruner.eval()).logits
            torch.testing.assert_close(stored, trained, rtol=0.02, atol=0.02)  # float16 storage

    def test_int8_rows_read_back(self):
        weight = torch.randn(7, 5)
        q, scale = export.quantise_rows(weight)
        self.assertLess((q.float() * scale[:, None] - weight).abs().max(), (scale / 2).max() + 1e-6)


class Data(unittest.TestCase):
    def test_lines_end_at_newline_only_and_quotes_are_text(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.tsv"
            path.write_bytes("\ufeffsentence\tlabel\none \u0085 \" two \t1\n".encode())
            self.assertEqual(read_sst2(path), [("one \u0085 \" two", 1)])

    def test_whole_sentences_are_not_endings_of_others(self):
        rows = [("it is a very fine film .", 1), ("is a very fine film .", 1), ("very fine", 1)]
        self.assertEqual(whole_sentences(rows), rows[:1])

    def test_documents_are_whole_sentences_within_the_length(self):
        sentences = [([1] + [n + 10 * label] * 5 + [2], label) for n in range(3, 9) for label in (0, 1)]
        for ids, label in documents(sentences, [12, 17, 30] * 5, 1):
            body = ids[1:-1]
            self.assertTrue(len(ids) <= 30 and len(body) % 5 == 0 and all((t >= 13) == (label == 1) for t in body))

    def test_batches_hold_every_example_within_the_budget(self):
        examples = [([1] * n, 0) for n in range(2, 90)]
        made = token_batches(examples, 100, seed=2)
        self.assertEqual(sorted(len(i) for b in made for i, _ in b), list(range(2, 90)))
        self.assertTrue(all(len(b) * max(len(i) for i, _ in b) <= 100 for b in made))

    def test_bad_input_is_one_line_and_exit_code_2(self):
        script = str(Path(train.__file__))
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_base(root / "base")
            (root / "data/sst2").mkdir(parents=True)
            (root / "data/sst2/train.tsv").write_text("text\tlabel\nx\t1\n")
            cases = {"no column 'sentence'": ["--data", str(root / "data"), "--base", str(root / "base")],
                     "does not exist": ["--data", str(root / "nowhere"), "--base", str(root / "base")],
                     "no config.json": ["--data", str(root / "data"), "--base", str(root / "data")],
                     "the pairs are": ["--method", "topk", "--stage", "soft"]}
            for message, arguments in cases.items():
                done = subprocess.run([sys.executable, script, "--name", "unit-test-bad-input", *arguments], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
