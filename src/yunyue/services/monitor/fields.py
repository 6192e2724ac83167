"""The fields that say what an answer over HTTP must be; an order's probe and each step of a scenario share them.

What is structured is written as text, a line for each part, since forms and command lines have only text.
"""

from typing import Annotated, Literal

import msgspec

MEBIBYTE = 1 << 20

Method = Annotated[
    Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    msgspec.Meta(title="请求方法", description="HTTP method of the request"),
]
Headers = Annotated[
    str,
    msgspec.Meta(max_length=8_000, title="请求头", description="Header fields to send, one a line, as Name: value"),
]
Send = Annotated[
    str,
    msgspec.Meta(
        max_length=65_536, title="发送内容", description="What to send: text, or hex: and bytes in hexadecimal"
    ),
]
Statuses = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        title="状态码集合",
        description="Statuses that are a success, such as 200,204,300-308; empty: from status_min to status_max",
    ),
]
ExpectHeaders = Annotated[
    str,
    msgspec.Meta(
        max_length=8_000,
        title="响应头须含",
        description="One a line, as Name: text; the answer's field contains the text",
    ),
]
BodyContains = Annotated[
    str, msgspec.Meta(max_length=1_000, title="正文须含", description="Text the body must contain; empty: any body")
]
BodyLacks = Annotated[
    str,
    msgspec.Meta(
        max_length=1_000, title="正文不得含", description="Text the body must not contain; empty: no such text"
    ),
]
BodyMatches = Annotated[
    str,
    msgspec.Meta(
        max_length=1_000, title="正文须匹配", description="Regular expression (RE2 syntax) found somewhere in the body"
    ),
]
JsonPath = Annotated[
    str,
    msgspec.Meta(
        max_length=500, title="JSON 路径", description="A place in a JSON body, such as $.items[0].state; it must exist"
    ),
]
JsonValue = Annotated[
    str,
    msgspec.Meta(max_length=2_000, title="JSON 值", description="The JSON text of what stands there; empty: anything"),
]
Element = Annotated[
    str,
    msgspec.Meta(
        max_length=300,
        title="页面元素",
        description="An element the page must have, as CSS names it: #hall .notice, form[action] input[name=q]",
    ),
]
ElementText = Annotated[
    str, msgspec.Meta(max_length=1_000, title="元素须含", description="Text that such an element must contain")
]
MinBody = Annotated[
    int, msgspec.Meta(ge=0, le=16 * MEBIBYTE, title="正文下限", description="Bytes; a shorter body is a failure")
]
MaxBody = Annotated[
    int, msgspec.Meta(ge=1, le=16 * MEBIBYTE, title="正文上限", description="Bytes; a longer body is a failure")
]
