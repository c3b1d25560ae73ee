"""The published semantics, by their numbers: ramps, ties of padding to scores, what a pruned CLS becomes, which softmax is which.

Run with the other tests of this folder; a few seconds.
"""
import sys
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from official import SOFTMAX, ltp, ltp_keep_rates, ltp_threshold, ltp_thresholds, Margin, rest_of_layer, transkimmer
from official_goldens import BERT_WORDS, ROBERTA_WORDS, add_predictors, config_of, draw_encoder



def ltp_model(layers=3, padded=24, thresholds=(0.0, 0.03, 0.04), **mode):
    torch.manual_seed(1)
    mode = mode or {"prune_mode": "absolute_threshold", "final_token_threshold": 0.0}
    config = config_of("ltp", layers, 130, len(ROBERTA_WORDS), **mode)
    weights = draw_encoder("ibert", config)
    for l, value in enumerate(thresholds):
        weights[f"ibert.encoder.layer.{l}.attention.self.pruner.keep_threshold"] = torch.tensor(float(value))
    return config, weights


def batch(lengths, padded, words=200):
    torch.manual_seed(2)
    ids, mask = torch.ones(len(lengths), padded, dtype=torch.long), torch.zeros(len(lengths), padded, dtype=torch.long)
    for b, n in enumerate(lengths):
        ids[b, :n], mask[b, :n] = torch.randint(4, words, (n,)), 1
    return ids, mask


class Ltp(unittest.TestCase):
    def test_the_ramp_counts_layers_from_zero(self):
        config, weights = ltp_model(12, thresholds=[0.0] * 12, prune_mode="absolute_threshold", final_token_threshold=0.01)
        totals = [round(t.item(), 6) for t in ltp_thresholds(weights, config)]
        self.assertEqual([totals[0], totals[3], totals[11]], [0.0, 0.0025, 0.009167])

    def test_keep_rates_of_twelve_layers(self):
        rates = ltp_keep_rates({"num_hidden_layers": 12, "token_keep_rate": 0.2})
        self.assertEqual([round(r, 3) for r in rates], [1, 1, 1, 0.911, 0.822, 0.733, 0.644, 0.556, 0.467, 0.378, 0.289, 0.2])

    def test_a_batch_equals_its_texts_one_by_one_at_the_same_padding(self):
        config, weights = ltp_model()
        ids, mask = batch([9, 20, 1, 2], 24)
        together = ltp(weights, config, ids, mask)
        for b in range(4):
            alone = ltp(weights, config, ids[b : b + 1], mask[b : b + 1])
            self.assertTrue(torch.allclose(alone.logits[0], together.logits[b], atol=1e-5))
            self.assertEqual(alone.kept[:, 0].tolist(), together.kept[:, b].tolist())

    def test_padding_changes_what_is_pruned(self):
        config, weights = ltp_model()
        kept = [ltp(weights, config, *batch([20], padded)).kept[-1].item() for padded in (20, 64)]
        self.assertGreater(kept[0], kept[1])

    def test_exactly_zero_does_nothing_and_the_floor_keeps_padding_dead(self):
        probs = torch.full((1, 2, 4, 4), 1 / 3)
        probs[..., 3] = 0
        additive = torch.tensor([0.0, 0.0, 0.0, -10000.0]).view(1, 1, 1, 4)
        self.assertIs(ltp_threshold(torch.tensor(0.0), probs, additive, Margin()), additive)
        after = ltp_threshold(torch.tensor(-1.0), probs.clone(), additive, Margin())
        self.assertEqual((after == 0).flatten().tolist(), [True, True, True, False])

    def test_a_tie_is_kept(self):
        probs = torch.full((1, 1, 2, 2), 0.5)
        score = probs.view(1, 2, 2).mean(1)[0, 0]
        after = ltp_threshold(score.clone(), probs, torch.zeros(1, 1, 1, 2), Margin())
        self.assertEqual((after == 0).sum().item(), 2)

    def test_a_pruned_cls_goes_through_bias_and_feed_forward_alone(self):
        config, weights = ltp_model(thresholds=(0.0, 9.0, 9.0))  # everything is pruned in the second layer
        ids, mask = batch([7], 24)
        seen = []
        original = rest_of_layer

        def spy(w, c, name, probs, v, h):
            seen.append((probs[:, :, 0].abs().sum().item(), h[0, 0].clone()))
            return original(w, c, name, probs, v, h)

        import official
        official.rest_of_layer = spy
        try:
            result = ltp(weights, config, ids, mask)
        finally:
            official.rest_of_layer = original
        self.assertEqual(result.kept[:, 0].tolist(), [7, 0, 0])
        self.assertGreater(seen[1][0], 0)  # it still attends in the layer that prunes it
        self.assertEqual(seen[2][0], 0)  # and in no later one


class Transkimmer(unittest.TestCase):
    def answers(self, bias, lengths, padded=None):
        torch.manual_seed(3)
        config = config_of("bert", 3, 40, len(BERT_WORDS))
        weights = draw_encoder("bert", config)
        add_predictors(weights, "bert", config, bias)
        ids, mask = batch(lengths, padded or max(lengths), 60)
        return {name: transkimmer(weights, config, "bert", ids, mask, torch.zeros_like(ids), name) for name in SOFTMAX}, mask.sum(1)

    def test_all_softmaxes_agree_where_nothing_is_skimmed_or_padded(self):
        answers, lengths = self.answers(100.0, [20])
        for name in ("published", "epsilon"):
            self.assertEqual(answers[name].kept.tolist(), [[20]] * 3)
            self.assertTrue(torch.allclose(answers[name].logits, answers["corrected"].logits, atol=1e-3), name)
        self.assertTrue(torch.equal(answers["published"].logits, answers["corrected"].logits))

    def test_padding_alone_does_not_part_the_published_from_the_corrected(self):
        answers, _ = self.answers(100.0, [20, 3, 1], 30)
        self.assertTrue(torch.allclose(answers["published"].logits, answers["corrected"].logits, atol=1e-6))

    def test_they_part_where_something_is_skimmed(self):
        answers, lengths = self.answers(1.0, [20])
        self.assertLess(answers["corrected"].kept[-1].item(), 20)
        self.assertGreater((answers["published"].logits - answers["corrected"].logits).abs().max().item(), 1e-2)
        self.assertLess((answers["epsilon"].logits - answers["corrected"].logits).abs().max().item(), 1e-2)

    def test_a_skimmed_token_never_returns(self):
        answers, _ = self.answers(1.0, [20, 7, 12])
        kept = answers["corrected"].kept
        self.assertTrue((kept[1:] <= kept[:-1]).all())


if __name__ == "__main__":
    unittest.main()
