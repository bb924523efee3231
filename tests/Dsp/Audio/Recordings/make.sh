#!/bin/sh
# Makes the recordings of this folder and expected.csv, what ffmpeg decodes them to: needs sox, lame, oggenc and ffmpeg.
# The sound is synthesised: a chord with a noisy attack every 80 ms, different in the two channels.
set -e
sox -n -r 44100 -b 16 wave.wav synth 0.3 sine 330 sine 495 gain -9
sox -n -r 44100 -b 16 noise.wav synth 0.3 whitenoise whitenoise tremolo 12 95 gain -14
sox -m wave.wav noise.wav -r 44100 -c 2 -R song.wav
lame --quiet -m j -b 128 song.wav joint.mp3
lame --quiet -m s -V 6 --resample 22.05 song.wav low.mp3
lame --quiet -m m -b 16 --resample 8 song.wav lowest.mp3
lame --quiet -m d -p -t -b 96 --resample 32 song.wav dual.mp3
ffmpeg -v error -y -i song.wav -c:a mp2 -b:a 128k layer2.mp2
# Pages are short, so that there are several.
ffmpeg -v error -y -bitexact -i song.wav -c:a libvorbis -q:a 1 -page_duration 50000 song.ogg
sox song.wav -r 8000 -c 1 short.wav trim 0 0.2
ffmpeg -v error -y -bitexact -i short.wav -c:a libvorbis -q:a -1 -page_duration 50000 mono.ogg
rm wave.wav noise.wav song.wav short.wav
python3 - <<'P' > expected.csv
import struct, subprocess
print("file,rate,channels,samples,values at every 371st sample of the mean of the channels")
for name in ("joint.mp3", "low.mp3", "lowest.mp3", "dual.mp3", "layer2.mp2", "song.ogg", "mono.ogg"):
    rate, channels = subprocess.check_output(["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels",
        "-of", "csv=p=0", name], text=True).strip().split(",")[:2]
    raw = subprocess.check_output(["ffmpeg", "-v", "error", "-i", name, "-c:a", "pcm_f32le", "-f", "f32le", "-"])
    n = int(channels)
    values = struct.unpack("<%df" % (len(raw) // 4), raw)
    mono = [sum(values[i:i + n]) / n for i in range(0, len(values), n)]
    print(",".join([name, rate, channels, str(len(mono))] + ["%.7g" % v for v in mono[::371]]))
P
