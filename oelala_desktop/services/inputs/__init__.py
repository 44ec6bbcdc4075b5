"""Files given as inputs of a job: what a video or a sound is (`videos`, `sounds`), the part of it that was asked for as
a file of its own, what a form draws of it (`waveform`, `strip`), and masks (`masks`). Every file is taken for hostile:
it is decoded in a helper process with limits. Blocking, for worker threads; nothing here knows of jobs or presets."""
