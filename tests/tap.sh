# SPDX-License-Identifier: GPL-3.0-or-later
# Test scripts in sh: source this, call ok, is, skip, and at the end done_testing.
#
#   . "$SRCDIR/tests/tap.sh"
#   ok "a directory is there" test -d "$dir"
#   is "it says so" "$(cat file)" "the text"
#   done_testing

tap_count=0
tap_failed=0

# tap_result 0|1 DESCRIPTION
tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
}

# diag TEXT: a remark, in the log only
diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass() {
	tap_result 0 "$1"
}

fail() {
	tap_result 1 "$1"
}

# ok DESCRIPTION COMMAND...: the command succeeds
ok() {
	tap_what=$1
	shift
	if tap_said=$("$@" 2>&1); then
		tap_result 0 "$tap_what"
	else
		tap_result 1 "$tap_what"
		diag "failed: $*"
		diag "$tap_said"
	fi
}

# is DESCRIPTION GOT EXPECTED: two texts are equal
is() {
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diag "got:      $2"
		diag "expected: $3"
	fi
}

# skip DESCRIPTION REASON: one test that cannot run here
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all REASON: nothing of this script can run here
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# bail REASON: the test itself is broken
bail() {
	echo "Bail out! $1"
	exit 99
}

done_testing() {
	if [ "$tap_count" -eq 0 ]; then
		bail "no tests were run"
	fi
	echo "1..$tap_count"
	if [ "$tap_failed" -eq 0 ]; then
		exit 0
	fi
	exit 1
}
