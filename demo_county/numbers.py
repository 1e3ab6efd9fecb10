"""Numbers that pass their check: citizen numbers, student numbers, certificate numbers, phones (rules/identifiers.md#citizen-number,
#student-number, #certificate-number).

Only making numbers belongs here; damaging them belongs to `spoil_numbers`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from demo_county.dice import Dice, Ints, Texts, texts

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"), dtype=object)
Days = npt.NDArray[np.datetime64]


def with_check(seventeen: Texts) -> Texts:
    """Append the ISO 7064 MOD 11-2 character to texts of 17 digits."""
    if len(seventeen) == 0:
        return seventeen
    digits = np.array(seventeen, dtype="U17").view("U1").reshape(len(seventeen), 17).astype(np.int64)
    numbers: Texts = seventeen + _CHECK[digits @ _WEIGHTS % 11]
    return numbers


def compact(days: Days) -> Texts:
    """Write days as yyyymmdd."""
    return texts([d.replace("-", "") for d in np.datetime_as_string(days.astype("datetime64[D]")).tolist()])


def three(numbers: Ints) -> Texts:
    """Write numbers 0..999 with three digits."""
    return texts([f"{i:03d}" for i in range(1000)])[numbers]


def citizen_numbers(codes: Texts, births: Days, orders: Ints) -> Texts:
    """Make 18-character citizen numbers from region codes, birth days and order numbers (odd = male)."""
    return with_check(codes + compact(births) + three(orders))


def distinct_orders(dice: Dice, frame: pd.DataFrame, fixed: pd.Series) -> Ints:
    """Draw order numbers so that (code, birth, order) is unique; rows with a `fixed` order (twins, -1 = none) keep it.

    Args:
        dice: the county's dice.
        frame: columns code, birth, sex ("1" or "2"); its index is the person's key.
        fixed: order number already decided, or -1.
    """
    keys = frame.index.to_numpy(dtype=np.int64)
    odd = (frame["sex"] == "1").to_numpy().astype(np.int64)
    orders = np.where(fixed.to_numpy() >= 0, fixed.to_numpy(), dice.whole(keys, "order", 0, 490) * 2 + odd)
    free = (fixed < 0).to_numpy()
    # Equal ones are drawn anew until none are left; a day has few births in a county, so a round or two are enough.
    for again in range(50):
        who = pd.DataFrame({"code": frame["code"], "birth": frame["birth"], "order": orders})
        # rows with a fixed order come first, so that the free one of two equal rows moves
        taken = who.iloc[np.argsort(free, kind="stable")].duplicated().reindex(who.index).to_numpy() & free
        if not taken.any():
            break
        orders = np.where(taken, dice.whole(keys, f"order{again}", 0, 490) * 2 + odd, orders)
    return orders.astype(np.int64)


def phones(dice: Dice, keys: Ints, salt: str) -> Texts:
    """Make mobile phone numbers."""
    heads = [
        "130",
        "131",
        "136",
        "138",
        "139",
        "150",
        "151",
        "152",
        "158",
        "176",
        "180",
        "182",
        "187",
        "189",
        "193",
        "199",
    ]
    head = dice.pick(keys, salt + "head", heads)
    numbers: Texts = head + texts([f"{n:08d}" for n in dice.whole(keys, salt + "tail", 0, 10**8).tolist()])
    return numbers


def serials(prefix: str, keys: Ints, width: int) -> Texts:
    """Make numbers of a fixed width from keys."""
    return texts([f"{prefix}{key:0{width}d}" for key in keys.tolist()])
