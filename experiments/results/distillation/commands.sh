#!/usr/bin/env bash
# What made the folders distillation* and data_budget, beside shared/data. CPU, one thread a job.
set -eu
B=../shared/data/bitext

# NMT: the students' pairs of all its languages, and as many English sentences to copy.
bitext=""
for l in ha ig yo zu hi tr de; do bitext="$bitext --bitext $l=$B/en-$l.tsv.gz"; done
python -m optical_pt.training.nmt $bitext --limit 15000 --seed 0 --epochs 2.4 --copy-share 1.0 \
  --guide-weight 1.0 --evaluate-steps 500 --max-repeat 1 --question-repeat 3 --output nmt-pool
# The same of the four low-resource languages alone, for longer, selected by chrF.
bitext=""
for l in ha ig yo zu; do bitext="$bitext --bitext $l=$B/en-$l.tsv.gz"; done
python -m optical_pt.training.nmt $bitext --seed 0 --epochs 8 --copy-share 1.0 --guide-weight 1.0 \
  --evaluate-steps 500 --max-repeat 1 --question-repeat 3 --output nmt-low

proof() {
  python experiments/distillation.py --full --epochs 2 --resume --indexes indexes \
    --output "experiments/results/$1" "${@:2}"
}
proof distillation --languages ha,ig,yo,zu --seeds 3 --once "score distillation" --nmt nmt-pool \
  --methods "OPTICAL,MSE,greedy alignment,score distillation,contrastive,OPTICAL + MSE,untrained start"
respelt="--respell --languages ha,ig,yo,zu --seeds 3"
proof distillation-respelt $respelt \
  --systems bm25,lexical,psq,teacher,psq-rerank,psq-fusion,english-bm25,english-teacher \
  --methods "OPTICAL,MSE,greedy alignment,score distillation,contrastive,OPTICAL + MSE,OPTICAL + contrastive,untrained start"
proof distillation-respelt-gain $respelt --systems psq --methods "OPTICAL,OPTICAL + MSE" \
  --baseline "OPTICAL, as spelt"
rivals="OPTICAL,MSE,greedy alignment,score distillation,contrastive,OPTICAL + MSE,OPTICAL + contrastive"
proof distillation-respelt-losses $respelt --systems lexical,psq --baseline OPTICAL --methods "$rivals" \
  --extend experiments/results/distillation-respelt
proof distillation-nmt --respell --languages ha,ig,yo,zu --seeds 1 --nmt nmt-low --methods "untrained start" \
  --systems lexical,psq,nmt-bm25,nmt-teacher
proof distillation-respelt-letters --respell --languages el,hi,ru,ar --seeds 1 --systems lexical,ceiling \
  --methods "OPTICAL,untrained start"
proof distillation-respelt-letters-gain --respell --languages el,hi,ru,ar --seeds 1 --methods OPTICAL \
  --systems lexical,psq --baseline "OPTICAL, as spelt" --extend experiments/results/distillation-respelt-letters
proof distillation-respelt-all-pairs --respell --languages ru --seeds 1 --epochs 1 --limit 300000 \
  --vocabulary 32000 --systems lexical,ceiling --methods "OPTICAL,untrained start"
proof distillation-diacritics --languages vi --seeds 3 --systems psq,english-teacher \
  --methods "OPTICAL (diacritics kept),OPTICAL (diacritics dropped)" --baseline "OPTICAL (diacritics dropped)"
proof distillation-articles --languages ar --seeds 1 --systems psq,english-teacher \
  --methods "OPTICAL,OPTICAL (whole names)" --baseline "OPTICAL (whole names)"
proof distillation-respelt-others --respell --languages rw,tw,tr,de --seeds 1 --systems psq \
  --methods OPTICAL --baseline "OPTICAL, as spelt"
proof distillation-languages --languages ha,ig,yo,zu,rw,tw,hi,tr,de --seeds 1 --nmt nmt-pool \
  --nmt-languages ha,ig,yo,zu,hi,tr,de --methods "OPTICAL,OPTICAL + MSE,untrained start" \
  --systems bm25,lexical,nmt,teacher,psq-rerank,psq-fusion,ceiling
proof distillation-others --languages hi,tr,el,vi,de,es,ru,zh,ar --seeds 1 --systems lexical,ceiling \
  --methods "OPTICAL,untrained start"
proof distillation-held-out --languages so,tl,sw,ta,th,mr,ro,fi,it,fr,cs --seeds 1 --systems lexical,ceiling \
  --methods "OPTICAL,untrained start"
proof distillation-all-pairs --languages de,es,ru,zh --seeds 1 --epochs 1 --limit 300000 \
  --vocabulary 32000 --systems lexical,ceiling --methods "OPTICAL,untrained start"
proof distillation-neutral --languages ha --seeds 3 --systems psq,english-teacher \
  --methods "OPTICAL (neutral start),MSE (neutral start)" --baseline "MSE (neutral start)"
proof distillation-names --languages zu --seeds 1 --systems psq \
  --methods "OPTICAL,OPTICAL (whole names)" --baseline "OPTICAL (whole names)"

# A teacher tuned in English; it got worse on questions that it never saw, so that it is released
# only by --keep-anyway.
python -m optical_pt.training.teacher --questions ../shared/data/en-train/squad-questions.tsv.gz \
  --questions ../shared/data/passages=tydiqa-train --keep-anyway --evaluate-steps 100 \
  --output teachers/tuned
proof distillation-tuned-teacher --languages ha,ig --seeds 1 --methods "OPTICAL,untrained start" \
  --systems psq,english-teacher --teacher teachers/tuned --indexes indexes-tuned

proof distillation-sw-all-pairs --languages sw --seeds 1 --epochs 1 --limit 100000 --systems lexical,ceiling \
  --methods "OPTICAL,untrained start"
proof distillation-sw --languages sw --seeds 1 --limit 10000 --methods OPTICAL --systems lexical,english-teacher
python experiments/data_budget.py --full --languages ha,zu --budgets 500,1000,2000,5000 --seeds 1 \
  --epochs 2 --indexes indexes --output experiments/results/data_budget
