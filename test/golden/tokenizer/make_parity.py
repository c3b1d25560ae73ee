"""Writes parity.json: what the reference tokenizer (the Rust crate, by `pip install tokenizers==0.23.3`) makes of odd texts.

python test/golden/tokenizer/make_parity.py models/minilm-l6/tokenizer.json
"""
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

TEXTS = [
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
]

tokenizer = Tokenizer.from_file(sys.argv[1])
tokenizer.no_truncation()
tokenizer.no_padding()
cases = [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS]
lines = ",\n".join(json.dumps(case) for case in cases)
Path(__file__).with_name("parity.json").write_text(f"[\n{lines}\n]\n")
