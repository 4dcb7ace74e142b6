"""Training with transformers' Seq2SeqTrainer: checkpoints, resume, a time limit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader
from transformers import (
    DataCollatorForSeq2Seq,
    EarlyStoppingCallback,
    MarianMTModel,
    MarianTokenizer,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    TrainerCallback,
    TrainerState,
    set_seed,
)

from optical_pt.training.bitext import SentencePair
from optical_pt.training.nmt.clock import Clock, learning_rate_factor
from optical_pt.training.nmt.data import TokenBatches, TranslationExamples
from optical_pt.training.nmt.evaluate import scores_by_language, translate
from optical_pt.training.nmt.guide import AlignmentGuide
from optical_pt.training.nmt.loss import smoothed_cross_entropy
from optical_pt.training.nmt.model import new_model
from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.training.nmt.tokenizer import (
    EOS_ID,
    SubwordSampler,
    load_processor,
    vocabulary_size,
)

COMPLETE = "complete"
#: What an evaluation logs.
EVALUATED = ("eval_loss", "eval_chrf", "eval_bleu")


def train(
    pairs: Sequence[SentencePair],
    dev: Sequence[SentencePair],
    work: Path,
    settings: NmtSettings,
    *,
    resume: bool = False,
) -> tuple[MarianMTModel, list[dict]]:
    """Train on the pairs, keep the weights that are best on `dev` by ``settings.select``.

    Args:
        pairs: training pairs, repeated as wanted.
        dev: held-out pairs.
        work: a directory with the tokenizer; it receives the checkpoints.
        settings: what to train, and for how long.
        resume: go on from the newest complete checkpoint in `work`, if there is one.

    Returns:
        (the best model, in evaluation mode, the trainer's log)
    """
    set_seed(settings.seed)
    processor = load_processor(work)
    model = new_model(settings, vocabulary_size(processor))
    sampled = TranslationExamples(
        pairs, processor.encode, EOS_ID, SubwordSampler(processor, settings.subword_alpha)
    )
    on_cpu = not torch.cuda.is_available()
    checkpoint = newest_checkpoint(work) if resume else None
    clock = Clock(
        settings.max_minutes, float((checkpoint / COMPLETE).read_text()) if checkpoint else 0
    )
    tokenizer = MarianTokenizer.from_pretrained(work)
    stopping = [EarlyStoppingCallback(settings.patience)] if settings.patience else []
    trainer = _Trainer(
        model=model,
        args=Seq2SeqTrainingArguments(
            output_dir=str(work),
            num_train_epochs=settings.epochs,
            learning_rate=settings.learning_rate,
            warmup_steps=settings.warmup_steps,
            optim="adamw_torch_fused",
            adam_beta2=0.98,
            weight_decay=0.01,
            bf16=on_cpu or torch.cuda.is_bf16_supported(),
            use_cpu=on_cpu,
            per_device_eval_batch_size=32,
            eval_strategy="steps",
            eval_steps=settings.evaluate_steps,
            save_strategy="steps",
            save_steps=settings.evaluate_steps,
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model=f"eval_{settings.select}",
            greater_is_better=settings.select != "loss",
            restore_callback_states_from_checkpoint=True,
            logging_steps=100,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            report_to="none",
            seed=settings.seed,
        ),
        train_dataset=sampled,
        # By length: less padding.
        eval_dataset=TranslationExamples(
            sorted(dev, key=lambda pair: len(pair.foreign)), processor.encode, EOS_ID
        ),
        # Few distinct shapes: on a CPU, oneDNN compiles and keeps a kernel for each.
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model, pad_to_multiple_of=4),
        callbacks=[_MarkComplete(clock), _EndWell(clock), *stopping],
    )
    trainer.dev, trainer.tokenizer_of_dev = dev, tokenizer
    lengths = [
        (len(processor.encode(pair.foreign)) + 1, len(processor.encode(pair.english)) + 1)
        for pair in pairs
    ]
    trainer.batches = TokenBatches(lengths, settings.batch_tokens, settings.seed)
    trainer.clock = clock
    trainer.label_smoothing = settings.label_smoothing
    trainer.guide_weight = settings.guide_weight
    if settings.guide_weight or settings.lexical_start:
        guide = _learn_guide(sampled, vocabulary_size(processor))
        if settings.lexical_start:
            guide.start_embeddings(model.get_input_embeddings().weight)
        trainer.guide = guide
    if checkpoint and settings.patience and (state := _stopped(checkpoint, settings.patience)):
        return MarianMTModel.from_pretrained(state.best_model_checkpoint).eval(), state.log_history
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return model.eval(), trainer.state.log_history


def _stopped(checkpoint: Path, patience: int) -> TrainerState | None:
    """The state of a training that had run out of patience; None of one that has to go on."""
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    waited = state.stateful_callbacks["EarlyStoppingCallback"]["attributes"]
    return state if waited["early_stopping_patience_counter"] >= patience else None


def _learn_guide(examples: TranslationExamples, vocab_size: int) -> AlignmentGuide:
    distinct = list(dict.fromkeys(examples.pairs))
    return AlignmentGuide.learn(
        [examples.sample(pair.foreign, key) for key, pair in enumerate(distinct)],
        [examples.encode(pair.english) for pair in distinct],
        vocab_size,
    )


def newest_checkpoint(work: Path) -> Path | None:
    """The checkpoint of the latest step that was written to its end, if any.

    The Trainer writes checkpoints in place: one that was cut off can lack its optimizer state
    and would be resumed from without a word.
    """
    complete = [marker.parent for marker in work.glob(f"checkpoint-*/{COMPLETE}")]
    return max(complete, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


class _Trainer(Seq2SeqTrainer):
    """The Trainer with batches of like length and equal work, and a rate that minds the time."""

    dev: Sequence[SentencePair]
    tokenizer_of_dev: MarianTokenizer
    batches: TokenBatches
    clock: Clock
    label_smoothing: float
    guide: AlignmentGuide | None = None
    guide_weight: float = 0.0

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        """Cross-entropy, and in training the guide of the cross-attention."""
        guided = model.training and self.guide_weight > 0
        # Given labels, the model would compute a loss of its own.
        labels = inputs["labels"]
        inputs = {name: value for name, value in inputs.items() if name != "labels"}
        outputs = model(**inputs, output_attentions=guided)
        loss = smoothed_cross_entropy(outputs["logits"], labels, self.label_smoothing)
        if guided:
            loss = loss + self.guide_weight * self.guide.loss(
                outputs["cross_attentions"], inputs["input_ids"], inputs["attention_mask"], labels
            )
        return (loss, outputs) if return_outputs else loss

    def evaluation_loop(self, *args, **kwargs):
        """The loss, and the scores of greedy translations."""
        output = super().evaluation_loop(*args, **kwargs)
        foreign = [pair.foreign for pair in self.dev]
        texts = translate(self.model, self.tokenizer_of_dev, foreign, num_beams=1)
        for metric in ("chrf", "bleu"):
            scores = scores_by_language(self.dev, texts, metric).values()
            output.metrics[f"eval_{metric}"] = sum(scores) / len(scores)
        return output

    def get_train_dataloader(self) -> DataLoader:
        """Batches by tokens; the stock loader counts sentences."""
        loader = DataLoader(
            self.train_dataset, batch_sampler=self.batches, collate_fn=self.data_collator
        )
        return self.accelerator.prepare(loader)

    def create_scheduler(self, num_training_steps: int, optimizer=None) -> LambdaLR:
        """The schedule of `learning_rate_factor`."""
        if self.lr_scheduler is None:
            self.lr_scheduler = LambdaLR(
                optimizer or self.optimizer,
                lambda step: learning_rate_factor(
                    step, self.args.warmup_steps, num_training_steps, self.clock.used()
                ),
            )
        return self.lr_scheduler


class _MarkComplete(TrainerCallback):
    """Mark a checkpoint when all its files are written, with the seconds spent so far."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_save(self, args, state, control, **kwargs) -> None:
        directory = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        (directory / COMPLETE).write_text(f"{self.clock.spent()}\n")


class _EndWell(TrainerCallback):
    """Stop when the time is up; evaluate and save after the last step, whatever its number."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_step_end(self, args, state, control, **kwargs) -> None:
        if self.clock.used() >= 1:
            control.should_training_stop = True
        if control.should_training_stop:
            control.should_evaluate = True
            control.should_save = True
