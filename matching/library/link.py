"""`from matching import link`: who is who in anybody's pandas frames, with a column mapping and no workspace.

Belongs here: the function, its result, and finding rows again by the caller's own index. Does not belong here: reading cells
(`library.columns`) or linking (`linking`, `latin`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.library.answer import Linked, Options, clusters_frame, judgements_of, with_places
from matching.library.columns import Columns, Frames, Rows, fields, gather, standard_records

if TYPE_CHECKING:
    from typing import Unpack

    from matching.explaining.explain import Explanation
    from matching.latin.model import LatinModel
    from matching.model import Model


def link(
    frames: Frames,
    columns: Columns | None = None,
    model: Model | LatinModel | str | None = None,
    **options: Unpack[Options],
) -> Linked:
    """Find out which rows of one or several frames are the same person.

    Args:
        frames: one frame, several, or several by name; any columns, any index, any number of sources.
        columns: heading to field (`{"姓名": "name", …}`), the same for all frames or one mapping per frame's name. None: headings
            that are a field's name or its usual Chinese title. Fields: `matching/library/fields.yaml`, or those of the Latin model
            (`matching/latin/model.yaml`); `source` for a column that names the source.
        model: None for Chinese children's records; `"latin"` for names in Latin letters without citizen numbers; or a model.
        options: see `Options`.

    Raises:
        ValueError: the mapping, a decision or a row cannot be understood (in Chinese, without values).
    """
    from matching.latin.model import LatinModel, latin_model

    if model == "latin":
        model = latin_model()
    if isinstance(model, str):
        raise ValueError(f"没有名为 {model} 的模型：可用 latin，或不给（中文儿童数据）")
    if isinstance(model, LatinModel):
        from matching.library.latin import linked_latin

        rows = gather(frames, columns, {name: (spec.zh,) for name, spec in model.fields.items()})
        return linked_latin(rows, model, options)
    return _linked(gather(frames, columns, {name: titles for name, (_, titles) in fields().items()}), model, options)


def _linked(rows: Rows, model: Model | None, options: Options) -> Linked:
    from matching.explaining.explain import explain_pair
    from matching.linking import link_records
    from matching.periods.changes import link_period

    records = standard_records(rows, options.get("clean", True))
    records["period"] = options.get("period", "")
    judgements = judgements_of(options.get("judgements"), rows)
    run = link_period if options.get("remember") else link_records
    linkage = run(records, model, options.get("known"), judgements, options.get("engine", "auto"))
    # In the order of the caller's rows; the engine's own order is by record id.
    child = linkage.clusters.set_index("record_id").loc[rows.record]
    clusters = clusters_frame(rows, child["child_id"].tolist())
    clusters["method"], clusters["probability"] = child["method"].to_numpy(), child["probability"].to_numpy()
    pairs = with_places(linkage.pairs, rows)
    report = {**linkage.report, "unused_columns": rows.ignored}

    def explain(a: str, b: str) -> Explanation:
        return explain_pair(records, (a, b), linkage, model)

    return Linked(pairs, clusters, report["estimates"], report, linkage.known, explain)
