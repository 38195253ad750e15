#!/bin/sh
# Adds up the table of faults in docs/reference/evidence.md: rounds, count and failures of each fault, between the
# marks in front of the table. scripts/soak.sh calls it at its end.
set -eu
cd "$(dirname "$0")/.."
page=docs/reference/evidence.md
sums=$(mktemp)
trap 'rm -f "$sums"' EXIT
awk -F' *[|] *' '
	/^[|] Date [|] Commit [|] Fault/ { on = 1 }
	/end of faults/ { on = 0 }
	on && $2 ~ /^20/ {
		if (!($4 in rounds)) name[++kinds] = $4
		rounds[$4]++; count[$4] += $5; failed[$4] += $6
	}
	END { for (i = 1; i <= kinds; i++) printf "| %s | %d | %d | %d |\n", name[i], rounds[name[i]], count[name[i]], failed[name[i]] }
' "$page" >"$sums"
sed -i -e '/<!-- faults added up -->/,/<!-- end of sums -->/{/^| [a-zA-Z]/{/^| Fault |/!d}}' -e "/<!-- end of sums -->/{
	e cat $sums
}" "$page"
