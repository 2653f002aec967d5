from tests import make

def test_all(xuecheng, zhoucun, shuocheng, yiyuan, qidong):
    for w in (xuecheng, zhoucun, shuocheng, qidong, yiyuan):
        kw = {"expired_override": "案件在有效期内发现"} if w is yiyuan else {}
        r = make.reported(w, **kw)
        print(w.jurisdiction.key, r.state, r.number)
        if w is not yiyuan:
            d = make.disputed(w, party_code=make.credit_code(3))
            print(d.state)
