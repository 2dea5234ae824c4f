-- The account of whoever keeps the catalog: applied only where STARTER_MERCHANT_TOKEN says its token, and again when that changes.
-- Instances may let the token before it in for as long as they keep it in their caches, five minutes.
delete from access_token where scope = 'merchant';
with merchant as (insert into account (name) values ('merchant') returning id)
insert into access_token (digest, account_id, scope, expires_at)
select '${merchant_digest}', id, 'merchant', now() + interval '365 days' from merchant;
