#!/bin/sh
# File, sign, deliver and follow a referral with curl. See README.md for the environment.
set -eu
api="$YISONG/api/v1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

field() { python3 -c 'import json,sys; d=json.load(sys.stdin)
for k in sys.argv[1].split("."): d=d[int(k)] if k.isdigit() else d[k]
print(d)' "$1"; }
pick() { python3 -c 'import json,sys
print(next(r[sys.argv[3]] for r in json.load(sys.stdin)["results"] if r[sys.argv[1]] == sys.argv[2]))' "$1" "$2" "$3"; }
token() { curl -fsS -u "$1" -d grant_type=client_credentials "$api/token/" | field access_token; }
get() { curl -fsS -D "$work/head" -H "Authorization: Bearer $1" "$api/$2"; }
etag() { sed -n 's/^[Ee][Tt]ag: *\("[^"]*"\).*/\1/p' "$work/head"; }
# A retry with the same key gives the first answer again, so every POST may simply be repeated.
post() { curl -fsS --retry 3 -D "$work/head" -H "Authorization: Bearer $1" -H "Idempotency-Key: $3" -H "If-Match: $4" -H 'Content-Type: application/json' -d "$5" "$api/$2"; }

run=$(date +%s)$$
clerk=$(token "$CASE_SYSTEM")
leader=$(token "$SIGN_SYSTEM")

get "$clerk" matters/ > "$work/matters"
matter=$(field results.0.id < "$work/matters")
receiver=$(get "$clerk" agencies/ | pick kind enforcement_bureau id)
now=$(date +%Y-%m-%dT%H:%M:%S%z)

post "$clerk" referrals/ "$run-file" '*' "{\"source\": \"inspection\", \"found_at\": \"$now\", \"determined_at\": \"$now\", \"place\": \"薛城区泰山南路88号\",
  \"matter\": $matter, \"facts\": \"现场检查发现当事人占道堆放建筑材料。\", \"party_kind\": \"enterprise\", \"party_name\": \"枣庄喆堃建材有限公司\",
  \"party_code\": \"91370403MA3C00007Y\", \"preliminary_investigation\": \"已作现场检查并拍照。\", \"to_agency\": $receiver,
  \"reasons\": \"该行为由对方行使行政处罚权。\", \"contact\": \"经办人，0632-4400000\"}" > "$work/referral"
id=$(field id < "$work/referral")
echo "drafted as $id"

printf '%%PDF-1.4\n%%%%EOF\n' > "$work/record.pdf"
for slot in source_materials preliminary_evidence; do
  echo "%$slot" >> "$work/record.pdf"
  curl -fsS -o /dev/null -H "Authorization: Bearer $clerk" -H "Idempotency-Key: $run-$slot" -F slot=$slot -F "file=@$work/record.pdf" "$api/referrals/$id/materials/"
done

get "$clerk" "referrals/$id/" | field missing
post "$clerk" "referrals/$id/submit/" "$run-submit" "$(etag)" '{}' | field state

get "$leader" "referrals/$id/" > /dev/null
post "$leader" "referrals/$id/sign/" "$run-sign" "$(etag)" '{}' | field number

for _try in 1 2 3 4 5 6 7 8 9 10; do
  state=$(get "$clerk" "referrals/$id/" | field state)
  [ "$state" = delivered ] && break
  sleep 2
done
echo "state: $state"
document=$(get "$clerk" "referrals/$id/" | field documents.0.id)
curl -fsS -H "Authorization: Bearer $clerk" -H 'Range: bytes=0-4' "$api/referrals/$id/documents/$document/file/"; echo
get "$clerk" "referrals/$id/" | field clock.due_at
get "$clerk" "referrals/$id/timeline/" | python3 -c 'import json,sys
for e in json.load(sys.stdin)["results"]: print(e["at"][:19], e["verb"], e["agency"], e["actor"])'
