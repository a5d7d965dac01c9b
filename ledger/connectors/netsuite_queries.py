"""What NetSuite is asked, in SuiteQL; `{after}` and `{since}` are filled in with an id and a moment of ours, never with words."""

from __future__ import annotations

CUSTOMERS = (
    "SELECT c.id, c.entityid, c.companyname, c.altname, c.email, c.isinactive, cu.symbol AS currency{more} "
    "FROM customer c LEFT JOIN currency cu ON cu.id = c.currency WHERE c.id > {after}{since} ORDER BY c.id"
)
#: Asked apart, so that a role that may not see addresses still reads all else.
WHERE = (
    "SELECT c.id, c.entityid, c.phone, c.mobilephone, a.addr1, a.addr2, a.addr3, a.city, a.state, a.zip, a.country FROM customer c "
    "LEFT JOIN CustomerAddressbook b ON b.entity = c.id AND b.defaultbilling = 'T' "
    "LEFT JOIN EntityAddress a ON a.nkey = b.addressbookaddress WHERE c.id > {after}{since} ORDER BY c.id"
)
PAPERS = (
    "SELECT t.id, t.tranid, t.entity, t.voided, t.otherrefnum, t.memo, cu.symbol AS currency, "
    "TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, TO_CHAR(t.duedate, 'YYYY-MM-DD') AS duedate, t.foreigntotal, "
    "t.foreignamountpaid, t.foreignamountunpaid, t.foreignpaymentamountunused "
    "FROM transaction t JOIN currency cu ON cu.id = t.currency "
    "WHERE t.type = '{kind}' AND t.posting = 'T' AND t.id > {after}{since} ORDER BY t.id"
)
LINKS = (
    "SELECT l.previousdoc, l.previousline, l.nextdoc, l.nextline, l.foreignamount FROM NextTransactionLineLink l "
    "JOIN transaction t ON t.id = l.nextdoc WHERE l.linktype = 'Payment' AND t.type = 'CustPymt'{since} "
    "ORDER BY l.nextdoc, l.nextline, l.previousdoc, l.previousline"
)
