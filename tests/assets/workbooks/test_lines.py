"""What a cell of a list says."""

from assets.workbooks.lines import cited


def test_a_line_cites_the_article_without_its_words():
    quoted = "《义务教育法》第十一条：“凡年满六周岁的儿童；其父母”；凤民发〔2024〕29号：每月走访"
    assert cited(quoted) == "《义务教育法》第十一条；凤民发〔2024〕29号"
    assert cited("一人一档") == "一人一档"
    assert cited("") == ""
