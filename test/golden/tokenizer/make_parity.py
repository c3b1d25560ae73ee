"""Writes what the reference tokenizer (the Rust crate, by `pip install tokenizers==0.23.3`) makes of odd texts, one by
one and in pairs: texts.json, and one file of ids for each of the tokenizers.

python test/golden/tokenizer/make_parity.py FOLDER_OF_BERT FOLDER_OF_ROBERTA

FOLDER_OF_BERT holds BERT's vocab.txt, FOLDER_OF_ROBERTA RoBERTa's vocab.json and merges.txt.
"""
import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

ODD = [
    "A quiet, patient film; it earns every one of its silences.",
    "It's not bad - it isn't good either: I'd say \"so-so\" (at best).",
    "UPPER lower MiXeD iPhone McDonald NASA's e-mail co-operate",
    "wait...what?! no!!! 100% of $9.99, #1 & <b>bold</b> a/b\\c x_y ~tilde ^caret `tick` {brace} [bracket] |pipe| @at =eq +plus *star",
    "3.14159 1,000,000 1e-9 0x1F 2nd 24/7 10:30pm 1984-2024 -40°C ½ x² H₂O №5",
    "café CAFÉ cafe\u0301 naïve coöperate Ångström A\u030angström façade jalapeño Dvořák Łódź smørrebrød",
    "straße STRASSE ß ẞ Œuvre œuvre æon Æon ﬁne ﬂow ﬀ",
    "İstanbul ISTANBUL ıstanbul i\u0307 ΣΊΣΥΦΟΣ Σίσυφος ΟΔΟΣ ΑΣ ΣΑ Σ Μάης",
    "Привет, мир! Ёлка ёлка йод Щука",
    "你好世界，这部电影很好。 日本語のテキスト ひらがな カタカナ ｶﾀｶﾅ 한국어 텍스트",
    "mixed中文and英文words x中y 𠀀a𠀁b 𪚥 𫝀",
    "مرحبا بالعالم שלום עולם नमस्ते दुनिया สวัสดี ไทย தமிழ்",
    "emoji 😀 👍🏽 👨‍👩‍👧 🇫🇷 ❤️ ☃ ★★★☆☆ ✓ → ∑ ∞ ≠ €100 £5 ¥9",
    "curly “quotes” ‘single’ „low“ «guillemets» — em – en … ellipsis • bullet · middle",
    "tab\tnewline\nreturn\r\nno\u00a0break thin\u2009space ideographic\u3000space next\u0085line ls\u2028ps\u2029end",
    "zero\u200bwidth soft\u00adhyphen joiner\u200dword bom\ufeffinside nul\u0000inside bell\u0007 del\u007f repl\ufffdaced",
    "full width ＡＢＣ １２３ ！？ math 𝔘𝔫𝔦 𝒞 ⅷ ㎏ ™ ©",
    "w" * 99, "w" * 100, "w" * 101, "unbelievablyhypercomplicatedantidisestablishmentarianism's",
    "xqzjkvbp qqqqzzzz ##ing a##b # # ##",
    "[CLS] inside [SEP] and [MASK] or [PAD] and [UNK] but [cls] [ CLS ]",
    "a[SEP]b", "[SEP]", "", " ", " \t\n ", ".", "...", "'", "a", "A", "I'm", "don't", "o'clock", "rock'n'roll",
    "hyphen-ated self-consciously well-made-but-cold so--called",
    "https://example.org/path?q=1&r=two#frag someone@example.org C:\\dir\\file.txt",
    "long " * 300 + "end",
    "combining \u0301start e\u0301\u0323 a\u0308\u0304 n\u0303 \u0308",
    "ﷺ ﬆ ǅ ǈ ſ K Å",
    # White space, which byte-level tokenizers keep.
    "two  spaces", "three   spaces   and   more", "  leading", "trailing  ", "\n\nlines\n\n\nand\n", "a\n b", "a \nb",
    "a\t\tb", "tabs\t and \t spaces", " \u00a0 ", "\u3000wide\u3000", "next\u0085", "\u0085", "\ufeffstart", "a\ufeff b",
    "a\ufeff\ufeffb", "a \ufeff", "\u2028", "a\u2028 b", "x\u200b y", "\u180emongolian", "a\u001cb\u001db\u001eb\u001fb",
    # What byte-level patterns treat apart.
    "we'll they've you're he'd she's I'm can't", "WE'LL THEY'VE CAN'T", "'s", " 's", "''s", "'' 's", "it 's", "'t'm'd",
    "’s it’s", "a1b2c3", "12 345 6,789", "١٢٣ ४५ Ⅻ ²³", "a_b __init__", "😀😀 😀", "é" * 30, "\U0001f1eb\U0001f1f7",
    "<s> a </s> b <pad> c <unk> d", "a <mask> b", "a<mask>b", "  <mask>", "<s>", "</s></s>", "< s >", "<S>",
]
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyzABCDEF '.,", " \n\t\u00a0\u0085\ufeff\u2003ab", "0123456789 .,-²½", "'sdtmrevl I",
    "éüñçøßœ aÉ\u0301\u0308", "абвгдЖ ", "中文字 日本a", "😀👍🏽\u200d❤\ufe0f ab", "#$%&*()[]{}<>/\\|~^ a1",
]


def texts() -> list[str]:
    draw = random.Random(4)
    mixed = ["".join(draw.choice(alphabet) for _ in range(draw.randint(1, 40))) for alphabet in ALPHABETS for _ in range(20)]
    reviews = [line.split("\t")[0] for line in (ROOT / "data/reviews/labelled.tsv").read_text().splitlines()[1:101]]
    return [*ODD, *mixed, *reviews]


def word_piece(vocab: Path, lowercase: bool = True, ideographs: bool = True, accents: bool | None = None) -> Tokenizer:
    words = {word: index for index, word in enumerate(vocab.read_text().split("\n")[:-1])}
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=ideographs, strip_accents=accents, lowercase=lowercase
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, words[token]) for token in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def byte_pairs(folder: Path, prefix: bool = False) -> Tokenizer:
    vocab = json.loads((folder / "vocab.json").read_text())
    merges = [tuple(line.split(" ")) for line in (folder / "merges.txt").read_text().split("\n")[1:-1]]
    tokenizer = Tokenizer(models.BPE(vocab, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", vocab["</s>"]), ("<s>", vocab["<s>"]), True, prefix
    )
    return tokenizer


def write(name: str, tokenizer: Tokenizer, all_texts: list[str]) -> None:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    singles = [tokenizer.encode(text).ids for text in all_texts]
    pairs = []
    for first in range(0, len(all_texts), 7):
        second = (first * 5 + 3) % len(all_texts)
        encoded = tokenizer.encode(all_texts[first], all_texts[second])
        types = encoded.type_ids
        pairs.append([first, second, types.index(1) if 1 in types else len(types), encoded.ids])
    body = ",\n".join(json.dumps(ids, separators=(",", ":")) for ids in singles)
    doubles = ",\n".join(json.dumps(pair, separators=(",", ":")) for pair in pairs)
    (HERE / f"{name}.json").write_text(f'{{"singles":[\n{body}\n],"pairs":[\n{doubles}\n]}}\n')


all_texts = texts()
lines = ",\n".join(json.dumps(text) for text in all_texts)
(HERE / "texts.json").write_text(f"[\n{lines}\n]\n")
write("bert", word_piece(Path(sys.argv[1]) / "vocab.txt"), all_texts)
write("cased", word_piece(HERE / "cased/vocab.txt", lowercase=False, ideographs=False, accents=True), all_texts)
write("roberta", byte_pairs(Path(sys.argv[2])), all_texts)
write("byte-level", Tokenizer.from_file(str(HERE / "byte-level/tokenizer.json")), all_texts)
write("prefixed", byte_pairs(HERE / "prefixed", prefix=True), all_texts)

# Cut to a length, longest first: every case that the rule tells apart.
words = "the film is a quiet and patient thing that earns every one of its long and unlikely silences again".split()
texts_to_cut = [" ".join(words[:count]) for count in (1, 3, 6, 9, 10, 18)] + ["unlikely " * 40]
cases = []
for name, tokenizer in [
    ("bert", word_piece(Path(sys.argv[1]) / "vocab.txt")),
    ("byte-level", Tokenizer.from_file(str(HERE / "byte-level/tokenizer.json"))),
]:
    for length in (8, 9, 13, 16, 24):
        tokenizer.enable_truncation(length, strategy="longest_first")
        for first in range(len(texts_to_cut)):
            for second in range(-1, len(texts_to_cut)):
                pair = None if second < 0 else texts_to_cut[second]
                ids = tokenizer.encode(texts_to_cut[first], pair).ids
                cases.append([name, first, second, length, ids])
body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
(HERE / "truncated.json").write_text(f'{{"texts":{json.dumps(texts_to_cut)},"cases":[\n{body}\n]}}\n')
