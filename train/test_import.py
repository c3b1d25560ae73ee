"""python -m unittest discover -s train

Proves on tiny checkpoints: a pickle becomes the safetensors file it stands for and never runs code; a head that is fitted
learns what its file teaches, in every family, and is written as transformers reads it.
"""
import io
import json
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).resolve().parent))
import convert
import head
from errors import InputError
from hf_goldens import byte_pairs, peaked, word_pieces
from test_train import FILLER, WORDS

SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, max_position_embeddings=64)
SCRIPT = Path(head.__file__)


class Convert(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def converted(self):
        with redirect_stdout(io.StringIO()):
            convert.convert(self.folder, False)
        return load_file(str(self.folder / "model.safetensors"))

    def test_tied_and_transposed_tensors_are_written_out(self):
        words = torch.randn(5, 3)
        torch.save({"a": words, "tied": words, "t": words.t(), "wide": words.double()}, self.folder / "pytorch_model.bin")
        made = self.converted()
        for name, expected in (("a", words), ("tied", words), ("t", words.t()), ("wide", words)):
            self.assertTrue(torch.equal(made[name], expected), name)

    def test_shards_are_joined_and_the_prefix_of_data_parallel_goes(self):
        for number in (1, 2):
            torch.save({f"module.w{number}": torch.ones(number)}, self.folder / f"pytorch_model-{number}.bin")
        index = {"weight_map": {f"module.w{n}": f"pytorch_model-{n}.bin" for n in (1, 2)}}
        (self.folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
        self.assertEqual({name: list(t.shape) for name, t in self.converted().items()}, {"w1": [1], "w2": [2]})

    def test_a_shard_outside_the_folder_is_refused(self):
        (self.folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": {"w": "../w.bin"}}))
        with self.assertRaisesRegex(InputError, "not a file of that folder"):
            self.converted()

    def test_a_pickle_that_runs_code_is_refused(self):
        class Evil:
            def __reduce__(self):
                return print, ("run",)
        torch.save({"w": Evil()}, self.folder / "pytorch_model.bin")
        with self.assertRaisesRegex(InputError, "without running code"):
            self.converted()
        self.assertFalse((self.folder / "model.safetensors").exists())

    def test_what_is_there_is_not_overwritten(self):
        torch.save({"w": torch.ones(1)}, self.folder / "pytorch_model.bin")
        self.converted()
        with self.assertRaisesRegex(InputError, "--force"):
            self.converted()


FAMILIES = {
    "bert": (hf.BertConfig, hf.BertModel, word_pieces, SMALL),
    "roberta": (hf.RobertaConfig, hf.RobertaModel, byte_pairs, SMALL | {"type_vocab_size": 1}),
    "electra": (hf.ElectraConfig, hf.ElectraModel, word_pieces, SMALL | {"embedding_size": 16}),
    "distilbert": (hf.DistilBertConfig, hf.DistilBertModel, word_pieces,
                   dict(dim=32, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=64)),
}


class Head(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        rows = [{"words": f"{FILLER[i // 2 % 10]} {WORDS[i % 2][i // 2 % 5]} {FILLER[i // 20]}", "verdict": ("bad", "good")[i % 2]} for i in range(200)]
        (self.folder / "task.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        lines = [f"{row['words']}\t{i % 2}.5" for i, row in enumerate(rows)]
        (self.folder / "task.tsv").write_text("\n".join(["words\tverdict", *lines]) + "\n")

    def encoder(self, name: str) -> Path:
        config_class, model_class, tokenizer, shape = FAMILIES[name]
        folder = self.folder / name
        folder.mkdir()
        tokenizer(folder, True)
        hf.logging.set_verbosity_error()
        hf.logging.disable_progress_bar()
        torch.manual_seed(0)
        size = len(hf.AutoTokenizer.from_pretrained(str(folder)))
        peaked(model_class(config_class(vocab_size=size, **shape))).save_pretrained(str(folder))
        return folder

    def run_script(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)

    def fitted(self, name: str) -> str:
        """In this process: starting Python and its libraries takes longer than the fit."""
        argv, out = sys.argv, io.StringIO()
        sys.argv = ["head.py", "--encoder", str(self.encoder(name)), "--task-file", str(self.folder / "task.jsonl"), "--text-column", "words",
                    "--label-column", "verdict", "--steps", "10", "--threads", "1", "--out", str(self.folder / f"{name}-out")]
        try:
            with redirect_stdout(out):
                head.main()
        finally:
            sys.argv = argv
        return out.getvalue()

    def test_every_family_is_fitted_and_written_whole(self):
        for name in FAMILIES:
            with self.subTest(name):
                self.assertRegex(self.fitted(name), r"head: accuracy .* 20 held-out texts\n(.*\n)*fine-tuned: accuracy ")
                out = self.folder / f"{name}-out"
                config = json.loads((out / "config.json").read_text())
                self.assertTrue(config["architectures"][0].endswith("ForSequenceClassification"))
                self.assertEqual(config["id2label"], {"0": "bad", "1": "good"})
                self.assertTrue((out / "model.safetensors").is_file() and (out / "tokenizer.json").is_file())

    def test_every_head_learns_what_the_states_tell(self):
        for name in FAMILIES:
            with self.subTest(name):
                _, model = head.load(self.encoder(name), ["bad", "good"], None)
                torch.manual_seed(0)
                wanted = torch.arange(400) % 2
                states = torch.randn(400, 32) + wanted[:, None].float()
                head.fit_head(model, states[:300], wanted[:300], 0)
                accuracy = float(head.judged(model, states[300:], wanted[300:]).split()[1].rstrip("%"))
                self.assertGreater(accuracy, 85)  # of 100 texts; 50 without learning

    def test_a_regression_from_the_command_line(self):
        out = self.folder / "out"
        run = self.run_script("--encoder", str(self.encoder("bert")), "--task-file", str(self.folder / "task.tsv"), "--text-column", "words",
                              "--label-column", "verdict", "--regression", "--threads", "1", "--out", str(out))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("Pearson correlation", run.stdout)
        self.assertEqual(json.loads((out / "config.json").read_text())["problem_type"], "regression")

    def test_bad_input_is_one_line(self):
        with self.assertRaisesRegex(InputError, "nothing in column 'text'"):
            head.read_examples(self.folder / "task.jsonl", "text", "verdict", None)
        with self.assertRaisesRegex(InputError, "one value only"):
            head.label_values([head.Example("a", None, "1")] * 3)
        with self.assertRaisesRegex(InputError, "no config.json"):
            head.load(self.folder, ["a", "b"], None)


if __name__ == "__main__":
    unittest.main()
