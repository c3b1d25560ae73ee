"""Small Parquet files as pandas, polars and datasets write them: python make_parquet.py (pandas, pyarrow, polars)."""

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent / "parquet"
TEXTS = ['He said "never again", and left', "A lovely\nfilm\twith, all", "naïve café 电影", "plain"]
LABELS = [0, 1, 1, 0]

frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
frame.to_parquet(FOLDER / "snappy.parquet")
pl.DataFrame({"text": TEXTS, "label": LABELS}).write_parquet(FOLDER / "polars-zstd.parquet")
frame.to_parquet(FOLDER / "gzip.parquet", compression="gzip")
frame.assign(label=[0, None, 1, 0]).to_parquet(FOLDER / "missing.parquet")
# datasets keeps the names of the classes in the schema's metadata.
feature = {"names": ["negative", "positive"], "_type": "ClassLabel"}
about = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": feature}}}
table = pa.table({"text": TEXTS, "label": LABELS})
pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(about)}), FOLDER / "classes.parquet")
