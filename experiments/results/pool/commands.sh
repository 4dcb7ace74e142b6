#!/usr/bin/env bash
# What made this table, beside shared/data (README of the data: passages, bitext). CPU, 1 thread a job.
set -eu
B=../shared/data/bitext

# Students: at most 15,000 pairs of each language, two epochs (tr, de: one).
for l in ha ig yo zu hi; do
  python -m optical_pt.training --bitext $l=$B/en-$l.tsv.gz --limit 15000 --epochs 2 \
    --vocabulary 8000 --release vocabulary --device cpu --output students-pool/$l
done
for l in tr de; do
  python -m optical_pt.training --bitext $l=$B/en-$l.tsv.gz --limit 15000 --epochs 1 \
    --vocabulary 8000 --release vocabulary --device cpu --output students-pool/$l
done

# NMT: the same pairs of all the languages, and as many English sentences to copy.
bitext=""
for l in ha ig yo zu hi tr de; do bitext="$bitext --bitext $l=$B/en-$l.tsv.gz"; done
python -m optical_pt.training.nmt $bitext --limit 15000 --seed 0 --epochs 2.4 --copy-share 1.0 \
  --guide-weight 1.0 --evaluate-steps 500 --max-repeat 1 --question-repeat 3 --output nmt-pool

python experiments/clir_table.py --collection ../shared/data/passages \
  --queries afriqa-dev:ha,ig,zu --queries afriqa-train:yo --queries xquad:hi,tr,de \
  --languages ha,ig,yo,zu,hi,tr,de --students students-pool --nmt nmt-pool \
  --baseline psq --output pool_table --resume
