#!/usr/bin/env bash
# Write pages of HTML that have every construct: pages.sh SYMPARAMS FOLDER
set -euo pipefail
program=$1
to=$2
mkdir -p "$to"
for style in steps lesson table textbook; do
    "$program" solve examples/{gpt2,lenet5-letters,unet}.arch --style "$style" -o "$to/$style.html"
done
"$program" solve examples/vgg16-letters.arch --quantity all --style formula -o "$to/formula.html"
"$program" compare examples/lenet5-letters.arch examples/vgg16-letters.arch --style steps -o "$to/compare.html"
"$program" find examples/lenet5-letters.arch --unknown k --set H=32 --set W=32 --set C=1 --target "params<=100000" -o "$to/find.html"
"$program" diagnose examples/mnist-63.arch --layer conv_2 --answer "(k^2 + 1)*F" --style steps -o "$to/diagnose.html"
printf 'Ada <b> & "co"; 4711\n王小明\nמשה\n' > "$to/class.txt"
"$program" exam examples/exam-cnn.arch --questions 12 --penalty 1/4 --names "$to/class.txt" --sheets -o "$to/exam.html"
"$program" exam examples/exam-cnn.arch --story -o "$to/story.html"
"$program" exam examples/exam-cnn.arch --questions 4 --kinds params --fade 2 -o "$to/faded.html"
rm "$to/faded-key.html"
"$program" exam examples/exam-cnn.arch --questions 6 --format json -o "$to/bank.json"
printf 'student,1,2,3,4\nAda <b>,630,26x26x32,a,7\n王小明,80,,b,x\n' > "$to/answers.csv"
"$program" grade "$to/bank.json" --answers "$to/answers.csv" --reports "$to/reports" -o "$to/marks.html"
mv "$to"/reports/1-*.html "$to/report.html"
