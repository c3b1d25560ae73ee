"""python -m unittest train/test_strength.py     (no data and no pretrained model needed)

Proves that removal equals masking, outputs and gradients; what a table and its calibration do; the controls' choices; that a
run broken off and resumed ends with the same weights; that a point reads back; what the paired statistics say.
"""
import json
import random
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
import frontier
import frontiers
import kept
import tasks
from errors import InputError
from goldens import batch, random_model, random_skim
from model import Shape, dense_macs, load_model, pruned_macs
from paired import compared, difference_interval, mcnemar
from strength import (FirstDial, LtpDial, RandomDial, TopKDial, TranskimmerDial, between, bisect, calibrate, removed_pass, schedule_macs,
                      schedule_table, soft_relative_flops, solved)
from test_train import TINY, write_base, write_data

TWO = (1.5, 3.0)
RATES = torch.tensor([[1.0, 0.8, 0.5], [0.7, 0.4, 0.2]])
LENGTHS = [9, 1, 14, 5, 2, 11]


def dials(shape=TINY):
    skim = TranskimmerDial(shape, torch.tensor([0.0, -2.0]), TWO)
    skim.skim.load_state_dict(random_skim(shape).skim.state_dict())
    return {"ltp": LtpDial(torch.tensor([[0.0, 0.6, 0.8], [0.5, 0.9, 1.1]]), TWO), "topk": TopKDial(RATES, TWO),
            "random": RandomDial(RATES, TWO), "first": FirstDial(RATES, TWO), "transkimmer": skim}


def with_adapters(shape=TINY):
    model = random_model(shape)
    for linear in model.encoder_linears().values():
        linear.add_adapter(4)
        torch.nn.init.normal_(linear.lora_B, std=0.05)
    return model


class Removal(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)
        self.model = with_adapters()
        self.ids, self.mask, self.types = batch(random.Random(1), LENGTHS, TINY.vocab)

    def gradients(self, logits):
        self.model.zero_grad()
        (logits * torch.linspace(-1, 2, logits.numel()).view_as(logits)).sum().backward()
        return {name: p.grad.clone() for name, p in self.model.named_parameters() if p.grad is not None}

    def test_removal_equals_masking_in_outputs_and_gradients(self):
        for name, dial in {"dense": None, **dials()}.items():
            for strength in (1.5, 2.2, 3.0) if dial is not None else (1.0,):
                if dial is not None:
                    dial.set_strength(strength)
                    dial.train().soft = False
                    dial.requires_grad_(False)
                masked = self.model(self.ids, self.mask, self.types, dial)
                wanted = self.gradients(masked.logits)
                removed = removed_pass(self.model, self.ids, self.mask, self.types, dial)
                torch.testing.assert_close(removed.logits, masked.logits, rtol=1e-5, atol=1e-5, msg=f"{name} {strength}")
                self.assertTrue(torch.equal(removed.kept, masked.kept) and torch.equal(removed.entered, masked.entered), f"{name} {strength}")
                if dial is not None:
                    self.assertLess(removed.kept.sum(), removed.entered[0].sum() * TINY.layers, name)
                found = self.gradients(removed.logits)
                self.assertEqual(found.keys(), wanted.keys())
                for key, gradient in wanted.items():
                    scale = max(1.0, gradient.abs().max().item())
                    torch.testing.assert_close(found[key] / scale, gradient / scale, rtol=0, atol=1e-5, msg=f"{name} {strength} {key}")

    def test_a_text_alone_is_a_text_in_a_batch(self):
        for name, dial in dials().items():
            dial.eval().set_strength(3.0)
            together = removed_pass(self.model, self.ids, self.mask, self.types, dial)
            for b, n in enumerate(LENGTHS):
                alone = removed_pass(self.model, self.ids[b:b + 1, :n], self.mask[b:b + 1, :n], self.types[b:b + 1, :n], dial)
                torch.testing.assert_close(together.logits[b], alone.logits[0], rtol=1e-4, atol=1e-5, msg=name)
                self.assertEqual(together.kept[:, b].tolist(), alone.kept[:, 0].tolist(), name)

    def test_a_step_computes_what_is_kept(self):
        """Multiply-adds of the linears, as they are called, are those of the tokens that enter and that are kept."""
        shape = Shape(vocab=60, hidden=16, layers=6, heads=2, ffn=64)
        model, lengths = random_model(shape), torch.tensor([60] * 8)
        ids, mask, types = batch(random.Random(1), lengths.tolist(), shape.vocab)
        rows = []
        for linear in model.encoder_linears().values():
            linear.register_forward_hook(lambda module, inputs, _: rows.append(inputs[0].numel() * module.out_features))

        for strength in (2.0, 4.0):
            rows.clear()
            dial = TopKDial(schedule_table(shape, lengths, (2.0, 4.0), 1.5), (2.0, 4.0)).eval()
            dial.set_strength(strength)
            result = removed_pass(model, ids, mask, types, dial)
            finished = torch.cat([result.kept[:-1], torch.ones_like(result.kept[-1:])])  # of the last layer the head reads one row
            self.assertEqual(sum(rows), (3 * 16 * 16 * result.entered + (16 * 16 + 2 * 16 * 64) * finished).sum().item())


class Dials(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(2)
        self.model = random_model(TINY)
        rng = random.Random(3)
        self.lengths = [rng.randrange(10, 60) for _ in range(60)]
        self.ids, self.mask, self.types = batch(random.Random(1), self.lengths, TINY.vocab)

    def ratio(self, dial):
        with torch.no_grad():
            result = removed_pass(self.model, self.ids, self.mask, self.types, dial.eval())
        return (dense_macs(TINY, self.mask.sum(1).double()).sum() / pruned_macs(TINY, result, dial.predicts).sum()).item()

    def test_a_table_is_read_linearly_and_held_at_its_ends(self):
        table, knots = torch.tensor([[1.0, 2.0], [3.0, 6.0]]), torch.tensor([2.0, 4.0])
        for strength, row in ((1.0, [1.0, 2.0]), (2.0, [1.0, 2.0]), (3.0, [2.0, 4.0]), (3.5, [2.5, 5.0]), (4.0, [3.0, 6.0]), (9.0, [3.0, 6.0])):
            self.assertEqual(between(table, knots, strength).tolist(), row)

    def test_schedules_have_the_ratio_of_their_knot(self):
        for power in (1.0, 2.0):
            table = schedule_table(TINY, torch.tensor(self.lengths), (1.5, 2.0), power)
            for kind in (TopKDial, RandomDial, FirstDial):
                dial = kind(table, (1.5, 2.0))
                for knot in (1.5, 2.0):
                    dial.set_strength(knot)
                    self.assertAlmostEqual(self.ratio(dial), knot, delta=0.05)
                    exact = dense_macs(TINY, torch.tensor(self.lengths).double()).sum() / schedule_macs(TINY, torch.tensor(self.lengths), dial.keep_rates.tolist()).sum()
                    self.assertAlmostEqual(self.ratio(dial), exact.item(), places=6)

    def test_calibration_reaches_the_ratio_of_every_knot(self):
        for name in ("ltp", "transkimmer"):
            dial = LtpDial(torch.tensor([LtpDial.ramp(1.0, 3)] * 2), (1.3, 1.8)) if name == "ltp" else TranskimmerDial(TINY, torch.zeros(2), (1.3, 1.8))
            dial.soft = False
            if name == "transkimmer":
                dial.skim.load_state_dict(random_skim(TINY).skim.state_dict())
            calibrate(dial, lambda dial=dial: self.ratio(dial))
            for knot in (1.3, 1.8):
                dial.set_strength(knot)
                self.assertAlmostEqual(self.ratio(dial), knot, delta=0.03, msg=name)

    def test_searches_find_the_dial(self):
        for search in (bisect, lambda f, w, a, b: solved(f, w, a, b, 0.0)):
            self.assertAlmostEqual(search(lambda x: 2 ** (x / 4 + 1), 3.0, -4.0, 6.0), 2.34, delta=0.02)

    def test_controls_choose_without_the_model(self):
        first, chance = FirstDial(RATES, TWO).eval(), RandomDial(RATES, TWO, seed=4).eval()
        for dial in (first, chance):
            dial.set_strength(3.0)
            dial.begin(self.ids, self.mask)
        live = self.mask.bool()
        probs = torch.full((60, 2, live.shape[1], live.shape[1]), 0.1)
        front = first.after_softmax(2, probs, live, live)[0]
        self.assertTrue(all(row[:int(row.sum())].all() for row in front))
        one = chance.after_softmax(2, probs, live, live)[0]
        two = chance.after_softmax(2, torch.rand_like(probs), live, live)[0]
        self.assertTrue(torch.equal(one, two) and one[:, 0].all() and not torch.equal(one, front))
        self.assertFalse(torch.equal(RandomDial.priority(self.ids, 4), RandomDial.priority(self.ids, 5)))
        spread = RandomDial.priority(torch.arange(1, 4001).view(40, 100), 1).flatten()
        self.assertTrue(0.45 < spread.mean() < 0.55 and ((spread * 10).long().bincount(minlength=10) > 300).all())

    def test_hash_is_the_documented_one(self):
        p, x = 2 ** 31 - 1, (7 * 1_103_515_245 + 2 * 48_271 + 3 * 69_621) % (2 ** 31 - 1)
        x = ((x * x + 12_345) % p) ** 2 + 67_891
        self.assertAlmostEqual(RandomDial.priority(torch.tensor([[1, 4, 7]]), 3)[0, 2].item(), x % p / p, places=6)

    def test_a_score_without_cls_ignores_what_cls_receives(self):
        dial, live = LtpDial(torch.zeros(1, 3), (2.0,)), torch.ones(1, 4, dtype=torch.bool)
        probs = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).expand(4, 4)[None, None]
        more = torch.tensor([[0.7, 0.15, 0.1, 0.05]]).expand(4, 4)[None, None]
        torch.testing.assert_close(dial.score(probs, live)[:, 1:], dial.score(more, live)[:, 1:])
        self.assertAlmostEqual(dial.score(probs, live)[0, 1:].mean().item(), 1.0, places=6)

    def test_units_of_a_score_leave_special_tokens_out(self):
        live = torch.tensor([[True] * 5 + [False]])
        special = torch.tensor([[True, False, False, False, True, False]])
        probs = torch.tensor([[0.5, 0.1, 0.2, 0.05, 0.15, 0.0]]).expand(6, 6)[None, None]
        r = {name: score(probs, live, special)[0] for name, score in kept.SCORES.items()}
        self.assertAlmostEqual(r["mean"][:5].mean().item(), 1.0, places=6)
        self.assertAlmostEqual(r["mean without [CLS]"][1:5].mean().item(), 1.0, places=6)
        self.assertAlmostEqual(r["mean without [CLS], [SEP]"][1:4].mean().item(), 1.0, places=6)
        self.assertAlmostEqual(r["median without [CLS]"][1].item(), 1.0, places=6)  # .05 .1 .15 .2: the lower of the two in the middle

    def test_the_soft_stage_tends_to_removal_and_leaves_padding_out(self):
        table = torch.tensor([[0.5, 0.9, 1.1]])
        cold, hard = LtpDial(table, (2.0,), temperature=1e-4).train(), LtpDial(table, (2.0,)).eval()
        cold.soft = True
        soft = self.model(self.ids, self.mask, self.types, cold)
        masked = self.model(self.ids, self.mask, self.types, hard)
        close = (soft.logits - masked.logits).abs().amax(1) < 1e-3
        self.assertGreater(close.float().mean(), 0.9)  # but for texts with a score within 1e-3 of its threshold
        wider = torch.nn.functional.pad(self.mask, (0, 7))
        for dial in (LtpDial(table, (2.0,)).train(), TranskimmerDial(TINY, torch.zeros(1), (2.0,)).train()):
            dial.soft, values = True, []
            for mask in (self.mask, wider):
                torch.manual_seed(1)
                if dial.predicts:
                    torch.nn.init.zeros_(dial.skim[0].out.weight)
                    for skim in dial.skim:
                        torch.nn.init.constant_(skim.out.bias, 0)
                        with torch.no_grad():
                            skim.out.bias[1] = 60  # no draw can matter: what is left is the counting
                width = mask.shape[1] - self.ids.shape[1]
                self.model(torch.nn.functional.pad(self.ids, (0, width)), mask, torch.nn.functional.pad(self.types, (0, width)), dial)
                values.append(soft_relative_flops(TINY, dial, mask.sum(1)).item())
            self.assertAlmostEqual(values[0], values[1], places=5)

    def test_the_flops_term_moves_thresholds_predictors_and_shift(self):
        for dial in (LtpDial(torch.tensor([[0.5, 0.7, 0.9]] * 2), TWO).train(), dials()["transkimmer"].train()):
            dial.soft = True
            dial.set_strength(2.0)
            self.model(self.ids, self.mask, self.types, dial)
            soft_relative_flops(TINY, dial, self.mask.sum(1)).backward()
            self.assertTrue((dial.table.grad != 0).all())


class Statistics(unittest.TestCase):
    def test_difference_and_its_interval(self):
        labels = torch.tensor([1] * 10)
        dense, pruned = torch.tensor([1] * 8 + [0] * 2), torch.tensor([1] * 6 + [0] * 3 + [1])
        result = compared(pruned, dense, labels)
        self.assertEqual((result["rightToWrong"], result["wrongToRight"]), (2, 1))
        self.assertAlmostEqual(result["difference"], -0.1)
        self.assertAlmostEqual(result["flips"], 0.3)
        low, high = difference_interval(2, 1, 10)  # by hand: (1.5 - 2.5)/12 -+ 1.96 sqrt(4 - 1/12)/12
        self.assertAlmostEqual((low + high) / 2, -1 / 12)
        self.assertAlmostEqual((high - low) / 2, 1.959964 * (4 - 1 / 12) ** 0.5 / 12)
        self.assertEqual(mcnemar(0, 0), 1.0)
        self.assertAlmostEqual(mcnemar(1, 7), 18 / 256)


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        write_data(self.root / "data")
        write_base(self.root / "base")
        self.addCleanup(setattr, tasks, "TASKS", tasks.TASKS)
        self.task = tasks.sst2(self.root / "data", self.root / "base/tokenizer.json", 20)

    def config(self, name, method, **settings):
        return frontier.Config(name=name, method=method, base=str(self.root / "base"), out=str(self.root / "runs"), steps=8, budget=256, rank=2, layers=2,
                               knots="1.2,1.5,2", strengths="1.2,1.5,2", **settings)

    def train(self, c, **more):
        frontier.train(c, self.task, announce=lambda text: None, **more)

    def test_a_run_that_is_broken_off_ends_with_the_same_point(self):
        for method in ("ltp", "topk", "transkimmer", "shallow"):
            self.train(self.config(method, method, bf16=False, dropout=0.1))
            for stop in (1, 5, None):
                self.train(self.config(method + "-again", method, bf16=False, dropout=0.1), stop_at=stop)
            one, two = (tasks.load_file(str(self.root / f"runs/{name}/point.safetensors")) for name in (method, method + "-again"))
            self.assertEqual(one.keys(), two.keys())
            for key in one:
                self.assertTrue(torch.equal(one[key], two[key]), f"{method}: {key}")

    def test_a_point_reads_back_and_its_curve_is_measured_on_it(self):
        for method in ("threshold", "random", "transkimmer", "shallow"):
            c = self.config(method, method)
            self.train(c)
            result = json.loads((c.run / "evaluation.json").read_text())
            self.assertEqual([row["strength"] for row in result["strengths"]], [1.5] if method == "shallow" else [1.2, 1.5, 2.0])
            model, pruner, read = frontier.read_point(self.root / "base", c.run / "point.safetensors")
            self.assertEqual(read.identity(), c.identity())
            ruler = frontier.Ruler(c, model, self.task.dev, torch.zeros(40, 2))
            if pruner is not None:
                pruner.set_strength(2.0)
            logits, ratio, _ = ruler.logits(pruner, full=load_model(self.root / "base"))
            self.assertEqual("".join(map(str, logits.argmax(1).tolist())), result["strengths"][-1]["predictions"])
            self.assertAlmostEqual(ratio, result["strengths"][-1]["flopsRatio"], places=3)
            self.train(c)  # finished: nothing happens

    def test_a_task_without_a_dense_model_gets_one(self):
        c = self.config("own", "dense", lr=1e-3)
        self.train(c)
        self.assertEqual(json.loads((c.run / "evaluation.json").read_text())["dev"]["n"], 40)
        base = load_model(self.root / "base").state_dict()
        self.assertTrue(any(not torch.allclose(value, base[key], atol=1e-3) for key, value in load_model(c.run / "model").state_dict().items()))
        point = replace(self.config("on-own", "topk"), base=str(c.run / "model"))
        self.train(point)
        self.assertTrue((point.run / "point.safetensors").is_file())
        with self.assertRaisesRegex(InputError, "other weights"):
            frontier.read_point(self.root / "base", point.run / "point.safetensors")

    def test_teacher_logits_are_of_dense_and_are_read_from_disk(self):
        folder, said = self.root / "teacher", []
        first = tasks.teacher_logits(self.root / "base", self.task.dev, folder, announce=said.append)
        self.assertEqual(len(said), 1)
        self.assertTrue(torch.equal(tasks.teacher_logits(self.root / "base", self.task.dev, folder, announce=said.append), first))
        self.assertEqual(len(said), 1)
        ids, mask, types, _, _ = tasks.collate(self.task.dev)
        with torch.no_grad():
            torch.testing.assert_close(load_model(self.root / "base").eval()(ids, mask, types).logits, first, rtol=1e-4, atol=1e-4)
        cut = [self.task.dev[0]._replace(ids=self.task.dev[0].ids[:-1])]
        self.assertNotEqual(tasks.teacher_key(b"w", cut), tasks.teacher_key(b"w", self.task.dev[:1]))
        self.assertNotEqual(tasks.teacher_key(b"v", cut), tasks.teacher_key(b"w", cut))

    def test_other_settings_do_not_resume(self):
        self.train(self.config("a", "topk"), stop_at=3)
        with self.assertRaisesRegex(InputError, "other settings"):
            self.train(self.config("a", "topk", lr=1e-3))

    def test_strengths_are_drawn_within_the_knots_and_ends_more_often(self):
        c = self.config("a", "topk")
        drawn = [frontier.draw_strength(c, step) for step in range(1000)]
        self.assertTrue(all(1.2 <= s <= 2 for s in drawn) and drawn == [frontier.draw_strength(c, step) for step in range(1000)])
        self.assertTrue(150 < drawn.count(2.0) < 250 and 60 < drawn.count(1.2) < 140)


class Pairs(unittest.TestCase):
    def test_pairs_have_second_segments_and_padding_has_none(self):
        examples = [tasks.Example([1, 5, 2, 6, 2], 1, 3, 0), tasks.Example([1, 5, 2], 0, 3, 1)]
        ids, mask, types, labels, places = tasks.collate(examples)
        self.assertEqual(types.tolist(), [[0, 0, 0, 1, 1], [0] * 5])
        self.assertEqual((mask.sum(1).tolist(), labels.tolist(), places.tolist()), ([5, 3], [1, 0], [0, 1]))

    def test_mrpc_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.tsv"
            path.write_bytes("\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t3\t4\tOne \"a\".\tTwo.\n".encode())
            self.assertEqual(tasks.read_mrpc(path), [('One "a".', "Two.", 1)])
            path.write_bytes(b"h\nx\t1\n")
            with self.assertRaisesRegex(InputError, "line 2"):
                tasks.read_mrpc(path)


class Zoo(unittest.TestCase):
    def test_the_jobs_are_valid_and_come_in_order(self):
        jobs = frontiers.read_jobs(frontiers.JOBS)
        configs = [frontiers.config_of(job, Path("/out"), "", "cpu") for job in jobs]
        self.assertEqual(len({c.name for c in configs}), len(configs))
        self.assertEqual([c.method for c in configs[:7]], ["topk", "ltp", "random", "threshold", "transkimmer", "first", "shallow"])
        self.assertEqual([(c.task, c.method) for c in configs[7:11]], [("imdb", "dense"), ("imdb", "ltp"), ("imdb", "topk"), ("imdb", "random")])
        made = [c.name for c in configs]
        for c in configs:
            if c.base.startswith("/out"):
                self.assertIn(Path(c.base).parent.name, made[:made.index(c.name)])


if __name__ == "__main__":
    unittest.main()
