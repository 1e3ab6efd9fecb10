"""Every sentence with which a whole file is refused (拒收). Positions and file kinds only; no cell value ever stands in one."""

from pipelines.resources.reading.shapes import Refusal

_TEXTS = {
    "missing": ("找不到这个文件，或没有读取权限。", "请确认文件还在收件夹中。"),
    "not_a_file": (
        "这不是普通文件，而是文件夹、管道、设备或套接字，没有读取。",
        "请放入或指明要读取的表格文件本身。",
    ),
    "empty": ("文件是空的，没有任何内容。", "请重新导出后再放入。"),
    "no_rows": ("第1张表没有数据行。", "请确认导出时选中了数据，再重新导出。"),
    "truncated": ("文件不完整，请重新导出。", "多半是复制或下载中断造成的；重新导出后用Excel或WPS打开确认一遍再放入。"),
    "damaged_file": ("文件内容已损坏，无法读取。", "请用Excel或WPS打开，另存为xlsx后再放入；打不开时请重新导出。"),
    "password": ("文件设有打开密码。", "请用Excel或WPS打开，取消打开密码后另存，再重新放入。"),
    "wrong_password": ("打开密码不对。", "请核对密码后再试。"),
    "entities": (
        "文件里带有外部引用定义（DTD/实体），正常的表格不会有，已停止读取。",
        "请用Excel或WPS打开，另存为xlsx后再放入。",
    ),
    "zip_password": ("压缩包设有密码。", "请解压后把里面的表格放入，或去掉密码重新压缩；在终端上运行时会询问密码。"),
    "zip_locked": ("压缩包用AES方式加密，本程序打不开。", "请解压后把里面的表格放入。"),
    "zip_path": (
        "压缩包里有指向别处的路径（如“..”或盘符），正常的压缩包不会有，整包未读取。",
        "请解压后核对，把里面的表格放入。",
    ),
    "zip_nested": ("压缩包一层套一层，超过了两层，里面的压缩包未读取。", "请解压后把里面的表格放入。"),
    "zip_empty": ("压缩包是空的，里面没有文件。", "请重新压缩后再放入。"),
    "time": ("读取这个文件超过了时间限制，已停止。", "请删去表格中多余的空白行列和格式，或分成几个文件后再放入。"),
    "memory": (
        "读取这个文件需要的内存超过了限制，已停止。",
        "请删去表格中多余的空白行列和格式，或分成几个文件后再放入。",
    ),
}

_KINDS = {
    "pdf": "PDF文件",
    "image": "图片",
    "archive": "压缩包",
    "word": "Word文档",
    "slides": "演示文稿",
    "xlsb": "二进制格式的Excel工作簿（xlsb）",
    "ole": "旧格式的Office文件，但不是Excel表格",
    "mhtml": "“单个文件网页”（mht）",
    "rtf": "RTF文档",
    "database": "数据库文件",
    "binary": "无法识别的二进制文件",
    "zip": "压缩包，里面不是表格",
    "page": "网页或XML文件，里面没有表格",
}


def refusal(code: str) -> Refusal:
    """The refusal with this code; `KeyError` for a code that has no sentence."""
    return Refusal(code, *_TEXTS[code])


def not_a_table(kind: str) -> Refusal:
    """The file is something else than a table; `kind` is a key of `_KINDS`."""
    advice = "请解压后把里面的表格放入。" if kind in ("archive", "zip") else "请另存为xlsx后再放入。"
    return Refusal("not_a_table", f"这不是可以读取的表格，而是{_KINDS[kind]}。", advice)


def too_big(measure: str, figure: str, allowed: str) -> Refusal:
    """A limit is passed: `measure` is in Chinese, `figure` and `allowed` are with units."""
    return Refusal(
        "too_big",
        f"{measure}为{figure}，超过了上限{allowed}，未读取。",
        "请核对文件是否正常；确有这么多数据时，请分成几个文件。",
    )


def bomb(ratio: float, allowed: float) -> Refusal:
    """The packed parts unpack to far more than a table would (压缩炸弹)."""
    text = f"文件解压后是压缩时的{ratio:.0f}倍（上限{allowed:.0f}倍），不像正常的表格，未读取。"
    return Refusal("bomb", text, "请用Excel或WPS打开，只保留数据，另存后再放入。")


def sparse(sheet: int, position: str) -> Refusal:
    """Cells so far out that no reader can reserve the space between (rules/bad-inputs.md#input-6); `sheet` is its number: its name may be a child's."""
    text = f"第{sheet}张表在{position}一带有远离数据区的内容，表格范围大得无法读取。"
    return Refusal("sparse", text, "请删除数据区以外的行和列（选中后用“删除”，不是清除内容），另存后再放入。")


def mixed_encoding(lines: list[int], total: int) -> Refusal:
    """Lines of one text file are written in two encodings, or in none that we know (rules/bad-inputs.md#input-15)."""
    listed = "、".join(str(line) for line in lines[:20]) + ("等" if total > 20 else "")
    text = f"文件里混有两种文字编码或乱码，共{total}行：第{listed}行。"
    return Refusal("mixed_encoding", text, "请让导出单位用同一种编码（GB18030或UTF-8）重新导出，或改交xlsx。")
