"""The stack of the origin at its best: FastAPI on uvicorn with uvloop and httptools, SQLAlchemy on asyncpg, Redis.

It answers what is measured of the starter, with the same SQL and the same effects, and leaves out what FastAPI does by
default and what costs it most: answers are made without a response model, reads run without a transaction, what lies in
Redis is sent as it lies there.
"""

import hashlib
import json
import os

import redis.asyncio
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, conint
from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import create_async_engine

ACCOUNT = 1  # whose orders these are: what the starter learns from the token
CACHED_SECONDS = 600

# As many connections as an instance of the starter has.
engine = create_async_engine(
    os.environ["DB_URL"].replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=10, max_overflow=0)
reads = engine.execution_options(isolation_level="AUTOCOMMIT")
cache = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
app = FastAPI(openapi_url=None)

PRODUCT = text("select id, name, price_cents from product where id = :id").bindparams(bindparam("id", type_=BigInteger))
ORDER = text("""
    select id, product_id, quantity, price_cents, state, placed_at from orders where id = :id and account_id = :account
    """).bindparams(bindparam("id", type_=BigInteger), bindparam("account", type_=BigInteger))
CLAIM = text("""
    insert into scalable.idempotency_key (scope, fingerprint, expires_at)
    values (:scope, :fingerprint, now() + interval '1 day') on conflict (scope) do nothing
    """)
CLAIMED = text("select fingerprint, status, content from scalable.idempotency_key where scope = :scope")
KEEP = text("""
    update scalable.idempotency_key set status = :status, content_type = 'application/json', content = :content
    where scope = :scope
    """)
PLACE = text("""
    with taken as (
      update stock set available = available - :quantity where product_id = :product and available >= :quantity
      returning product_id, available),
    placed as (
      insert into orders (account_id, product_id, quantity, price_cents)
      select :account, id, :quantity, price_cents from product join taken on product_id = id
      returning id, product_id, quantity, price_cents, state, placed_at),
    written as (
      insert into sale (product_id, order_id, quantity, available)
      select placed.product_id, id, quantity, available from placed, taken)
    select id, product_id, quantity, price_cents, state, placed_at from placed
    """).bindparams(bindparam("product", type_=BigInteger), bindparam("account", type_=BigInteger))


class NewOrder(BaseModel):
    productId: int
    quantity: conint(ge=1, le=100)


@app.get("/health/ready")
async def ready():
    async with reads.connect() as connection:
        await connection.execute(text("select 1"))
    await cache.ping()
    return Response()


@app.get("/products/{id}")
async def product(id: int):
    name = f"product:{id}"
    found = await cache.get(name)
    if found is None:
        async with reads.connect() as connection:
            row = (await connection.execute(PRODUCT, {"id": id})).one_or_none()
        if row is None:
            raise HTTPException(404, f"There is no product {id}")
        found = encoded({"id": row.id, "name": row.name, "priceCents": row.price_cents})
        await cache.set(name, found, ex=CACHED_SECONDS)
    return Response(found, media_type="application/json")


@app.get("/orders/{id}")
async def order(id: int):
    async with reads.connect() as connection:
        row = (await connection.execute(ORDER, {"id": id, "account": ACCOUNT})).one_or_none()
    if row is None:
        raise HTTPException(404, f"There is no order {id} of yours")
    return Response(encoded_order(row), media_type="application/json")


@app.post("/orders", status_code=201)
async def place(wanted: NewOrder, idempotency_key: str = Header(max_length=255)):
    scope = hashlib.sha256(idempotency_key.encode()).digest()
    fingerprint = hashlib.sha256(f"{wanted.productId} {wanted.quantity}".encode()).digest()
    async with engine.begin() as tx:
        claimed = await tx.execute(CLAIM, {"scope": scope, "fingerprint": fingerprint})
        if claimed.rowcount == 0:
            kept = (await tx.execute(CLAIMED, {"scope": scope})).one()
            if kept.fingerprint != fingerprint:
                raise HTTPException(422, "This Idempotency-Key was used for another order")
            return Response(kept.content, kept.status, media_type="application/json")
        row = (await tx.execute(
            PLACE, {"account": ACCOUNT, "product": wanted.productId, "quantity": wanted.quantity})).one_or_none()
        if row is None:
            raise HTTPException(409, f"Of product {wanted.productId} there are not so many left")
        content = encoded_order(row)
        await tx.execute(KEEP, {"scope": scope, "status": 201, "content": content})
    await cache.delete(f"stock:{wanted.productId}")
    return Response(content, 201, {"Location": f"/orders/{row.id}"}, "application/json")


def encoded_order(row):
    return encoded({
        "id": row.id, "productId": row.product_id, "quantity": row.quantity, "priceCents": row.price_cents,
        "state": row.state, "placedAt": row.placed_at.isoformat().replace("+00:00", "Z")})


def encoded(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
