"""Invented buyers: the same seed and number always give the same person."""

from dataclasses import dataclass
from random import Random

SURNAMES = "张王李赵刘陈杨黄周吴徐孙马朱胡林郭何高罗"
GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "艳",
    "杰",
    "涛",
    "明",
    "超",
    "秀英",
    "桂兰",
    "建国",
    "子涵",
    "欣怡",
)
PLACES = (
    ("浙江省", "杭州市", "西湖区", "310012", "文三路"),
    ("浙江省", "宁波市", "鄞州区", "315100", "天童北路"),
    ("广东省", "广州市", "天河区", "510620", "体育东路"),
    ("广东省", "深圳市", "南山区", "518052", "科技园路"),
    ("江苏省", "南京市", "鼓楼区", "210008", "中山路"),
    ("江苏省", "苏州市", "姑苏区", "215005", "人民路"),
    ("上海市", "上海市", "浦东新区", "200120", "世纪大道"),
    ("北京市", "北京市", "朝阳区", "100020", "建国路"),
    ("四川省", "成都市", "武侯区", "610041", "人民南路"),
    ("湖北省", "武汉市", "洪山区", "430070", "珞喻路"),
    ("福建省", "厦门市", "思明区", "361004", "湖滨南路"),
    ("陕西省", "西安市", "雁塔区", "710061", "长安中路"),
)
REMARKS = (
    "请放门口，谢谢",
    "周末不在家，工作日送",
    "麻烦发顺丰",
    "送礼用，请不要放价格单",
    "开发票，抬头个人",
)


@dataclass(frozen=True)
class Person:
    """A buyer who is also the receiver."""

    customer_id: int
    surname: str
    given: str
    phone: str
    province: str
    city: str
    district: str
    postcode: str
    street: str

    @property
    def name(self) -> str:
        """The full name as written in Chinese."""
        return self.surname + self.given

    @property
    def email(self) -> str:
        """A mail address that never reaches anybody."""
        return f"buyer{self.customer_id}@example.com"


def a_person(random: Random) -> Person:
    """Invent somebody."""
    province, city, district, postcode, street = random.choice(PLACES)
    return Person(
        customer_id=random.randint(1, 99_999),
        surname=random.choice(SURNAMES),
        given=random.choice(GIVEN),
        phone=f"138{random.randint(0, 99_999_999):08d}",
        province=province,
        city=city,
        district=district,
        postcode=postcode,
        street=f"{street}{random.randint(1, 999)}号{random.randint(1, 30)}幢{random.randint(101, 2909)}室",
    )


def a_remark(random: Random) -> str:
    """Invent a note to the seller."""
    return random.choice(REMARKS)
