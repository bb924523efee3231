#!/usr/bin/env bash
# Brings up Slurm on this host for a check: a controller and two nodes of one processor each, in a temporary folder, as root and
# without touching the host's own configuration. On them run the array job of docs/cluster.md, which must merge to what one
# command writes, and a training by `srun --mpi=pmi2` (and pmix, where it is installed), which must give the model of one process
# with as many parts. Needs slurm-wlm, munge and MPI (Debian: slurm-wlm munge openmpi-bin mpich). ENGINE names the program; by
# default the one that `dotnet build src/Cli -c Release` makes.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=$(realpath "${ENGINE:-src/Cli/bin/Release/net10.0/engine}")
[ -x "$engine" ] || { echo "slurm-check.sh: there is no $engine; build it, or name it by ENGINE" >&2; exit 1; }
for tool in munged slurmctld slurmd srun sbatch; do
  command -v $tool > /dev/null || { echo "slurm-check.sh: there is no $tool; install slurm-wlm and munge" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "slurm-check.sh: run it as root, which may start daemons for several nodes" >&2; exit 1; }

work=$(mktemp -d)
failed=0
daemons=()
finish() {
  scancel --user=root 2> /dev/null || true
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do kill "${daemons[i]}" 2> /dev/null || true; done
  sleep 1
  for process in "${daemons[@]}"; do kill -KILL "$process" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
say() { printf '%-64s %s\n' "$1" "$2"; }
fail() { say "$1" FAILED; failed=1; }

# Munge, by which the daemons trust each other, with a key and a socket of our own.
chmod 755 "$work"
mkdir "$work/munge"
chmod 700 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2> /dev/null
chmod 600 "$work/munge/key"
socket=$work/munge.socket
munged --foreground --force --key-file="$work/munge/key" --socket="$socket" --pid-file="$work/munge/pid" \
  --log-file="$work/munge/log" --seed-file="$work/munge/seed" > "$work/munged.out" 2>&1 &
daemons+=($!)

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'; }
host=$(hostname -s)
export SLURM_CONF=$work/slurm.conf
cat > "$SLURM_CONF" <<CONF
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool.%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.%n.log
SlurmctldPort=$(port)
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
ReturnToService=2
MpiDefault=none
SlurmdTimeout=60
TmpFS=$work/tmp.%n
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(port) CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(port) CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=60 State=UP
CONF
mkdir "$work/state"
until [ -S "$socket" ]; do sleep 0.2; done
slurmctld -D > "$work/slurmctld.out" 2>&1 &
daemons+=($!)
for node in n1 n2; do
  mkdir "$work/spool.$node" "$work/tmp.$node"
  slurmd -D -N $node > "$work/slurmd.$node.out" 2>&1 &
  daemons+=($!)
done
for _ in $(seq 60); do
  [ "$(sinfo --noheader --states=idle --format=%D 2> /dev/null)" = 2 ] && break
  sleep 0.5
done
sinfo || { tail -n 20 "$work"/*.out "$work"/*.log >&2; exit 1; }
[ "$(sinfo --noheader --states=idle --format=%D)" = 2 ] || { tail -n 20 "$work"/*.log >&2; fail "two idle nodes"; exit 1; }

cd "$work"
export ENGINE_CACHE=$work/cache
"$engine" synth music --tracks 12 --seconds 5 --quiet > /dev/null
"$engine" features music --set mfcc --out whole.csv --quiet > /dev/null

# The array job.
mkdir parts
cat > array.sh <<JOB
#!/bin/sh
#SBATCH --array=1-8 --requeue --cpus-per-task=1
"$engine" features music --set mfcc --threads 1 --shard "\$SLURM_ARRAY_TASK_ID/8" --out "parts/\$SLURM_ARRAY_TASK_ID.csv"
JOB
timeout 300 sbatch --wait --output=array.%a.log array.sh || { cat array.*.log >&2; fail "sbatch --array"; }
"$engine" merge parts/*.csv --out merged.csv --quiet > /dev/null
cmp merged.csv whole.csv && say "array job of 8 tasks on two nodes, merged" same || fail "array job"

# A training whose ranks Slurm starts.
"$engine" features music --set gtzan57 --segment 1 --out table.csv --quiet > /dev/null
train=(train table.csv --recipe cortis-mlp-fixed-3s --set classifier.training.epochs=8 --parts 2 --threads 1 --quiet)
"$engine" "${train[@]}" --out alone > /dev/null
for kind in $(srun --mpi=list 2>&1 | grep -oE '\<(pmi2|pmix)\>' | sort -u); do
  # PMI 2 is what MPICH speaks, PMIx what Open MPI does.
  if timeout 300 srun --mpi="$kind" --nodes=2 --ntasks=2 "$engine" "${train[@]}" --out "$kind" > "$kind.log" 2>&1 \
    && cmp "$kind/model.safetensors" alone/model.safetensors && cmp "$kind/predictions.csv" alone/predictions.csv; then
    say "training by srun --mpi=$kind on two nodes" "same bits as one process"
  else
    cat "$kind.log" >&2
    fail "srun --mpi=$kind"
  fi
done
if timeout 60 srun --nodes=2 --ntasks=2 "$engine" "${train[@]}" --out none > none.log 2>&1; then
  fail "srun without --mpi is accepted"
else
  say "srun without --mpi" "$(grep -m1 engine: none.log)"
fi
exit $failed
