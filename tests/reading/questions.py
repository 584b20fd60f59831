"""Questions as people ask them, each with its code."""

from __future__ import annotations

QUESTIONS = {
    "the second convolution": """Why does `conv2d_1` have 11,424 parameters? I get (5*5+1)*24 = 624.

model = Sequential()
model.add(Conv2D(19, 5, activation="relu", input_shape=(40, 40, 3)))
model.add(MaxPooling2D(2))
model.add(Conv2D(24, 5, activation="relu"))
""",
    "which is right": """In my lecture a GRU with 48 units on 20 features has 3*(20*48 + 48*48 + 48) = 9936 parameters,
but the summary shows 10080. Which number is right?

model = keras.Sequential([keras.Input((30, 20)), layers.GRU(48)])
""",
    "whether the steps matter": """Does the number of time steps change the 30,800 parameters of this layer?

model = keras.Sequential([keras.Input((90, 22)), layers.LSTM(77)])
""",
    "groups": """PyTorch shows 7,008 parameters for this convolution. Why not 55,392?

conv = nn.Sequential(nn.Conv2d(64, 96, 3, groups=8))
""",
    "two layers, two directions": """This LSTM has 139,264 parameters?? Please explain.

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=12, hidden_size=64, num_layers=2, bidirectional=True)

    def forward(self, x):
        out, _ = self.lstm(x)
        return out
""",
    "no parameters": """Why are there no parameters in the dropout layer? Does the batch size matter?

model = keras.Sequential([keras.Input((30,)), layers.Dense(20), layers.Dropout(0.4), layers.Dense(5)])
""",
    "only one kernel size": """I get 7*7*9*40+40 parameters, Keras gives 2560. Why only one 7?

model = keras.Sequential([keras.Input((150, 9)), layers.Conv1D(40, 7)])
""",
    "a total": """I count 300*60 + 60*7 = 18,420 parameters in total, the summary says 18,487. What is missing?

model = keras.Sequential([keras.Input((300,)), layers.Dense(60), layers.Dropout(0.1), layers.Dense(7)])
""",
    "a receptive field": """What is the receptive field of the last convolution? I multiply 5*3*3 = 45.

model = keras.Sequential([keras.Input((96, 96, 3)), layers.Conv2D(8, 5, strides=2), layers.Conv2D(8, 3),
                          layers.Conv2D(8, 3)])
""",
    "a receptive field added up": """How large is the receptive field of the last layer? I get 5 + 2 + 1 + 2 = 10.

model = keras.Sequential([keras.Input((96, 96, 3)), layers.Conv2D(8, 5, strides=2), layers.Conv2D(8, 3),
                          layers.MaxPooling2D(2), layers.Conv2D(8, 3)])
""",
    "heads that are wider": """My formula 4*(240*240 + 240) gives 231,360. Why does Keras count 346,920 parameters?

x = keras.Input((70, 240))
y = layers.MultiHeadAttention(num_heads=6, key_dim=60)(x, x)
model = keras.Model(x, y)
""",
    "one value a channel": """Why does the dense layer have 202,180 parameters? The convolution has 28 filters, so
I expect 28*20 + 20 = 580.

model = keras.Sequential([keras.Input((21, 21, 3)), layers.Conv2D(28, 3), layers.Flatten(), layers.Dense(20)])
""",
    "work": """How many multiply-accumulates does this convolution take? I computed 3*3*16*32 = 4608.

model = keras.Sequential([keras.Input((20, 20, 16)), layers.Conv2D(32, 3, padding="same")])
""",
    "what is trained": """My script prints 2,570, but the model has 532,202 parameters. What does it count?

model = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1), nn.MaxPool2d(4), nn.Flatten(),
                      nn.Linear(2048, 256), nn.Linear(256, 10))
for layer in model[:5]:
    for p in layer.parameters():
        p.requires_grad = False
print(sum(p.numel() for p in model.parameters() if p.requires_grad))
""",
    "how much is trained": """How many of the parameters are trainable?

base = VGG16(include_top=False, input_shape=(224, 224, 3))
for layer in base.layers[:15]:
    layer.trainable = False
model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(5)])
""",
    "what is not trained": """How many parameters are trainable?

model = keras.Sequential([keras.Input((16,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(3)])
""",
    "the channels for the inputs": """The first dense layer has 51,860 parameters. I computed 32*20 = 640,
since 32 channels go in. Why so many?

model = keras.Sequential([keras.Input((24, 24, 3)), layers.Conv2D(32, 5), layers.MaxPooling2D(2), layers.Conv2D(32, 2),
                          layers.Flatten(), layers.Dense(20), layers.Dense(4)])
""",
    "what is laid out": """Where do the 12*7*7 inputs of fc1 come from? The images are 40x40.

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 5)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(8, 12, 5)
        self.fc1 = nn.Linear(12 * 7 * 7, 60)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return self.fc1(torch.flatten(x, 1))
""",
    "whether the image matters": """Why does the number of parameters not depend on the size of the image?

model = keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(16, 5), layers.Conv2D(16, 5), layers.Flatten(),
                          layers.Dense(10)])
""",
    "one bias of two": """By the formula of the paper a GRU has 3*(60*(60+20) + 60) = 14,580 parameters.
PyTorch says 14,760. Where do the others come from?

gru = nn.GRU(20, 60)
""",
    "widths multiplied": """How many parameters are there? I count 30*14*6 = 2,520.

model = keras.Sequential([keras.Input((30,)), layers.Dense(14), layers.Dense(6)])
""",
    "a layer in words": """How many parameters does a Keras SeparableConv2D with 40 filters of size 3x3 have
on a 28x28x16 image? I get 3*3*16 + 16 + 16*40 + 40.
""",
}

FURTHER = {  # what comes out for them is said of others, too
    "a size that is rounded": """The summary says (None, 22, 22, 8). 45/2 = 22.5, should it not be rounded to 23?

inputs = keras.Input((45, 45, 8))
model = keras.Model(inputs, layers.MaxPooling2D(2)(inputs))
""",
    "one direction": """Why has the dense layer 97 parameters and not 49? The LSTM has 48 units.

model = keras.Sequential([keras.Input((30, 5)), layers.Bidirectional(layers.LSTM(48)), layers.Dense(1)])
""",
    "two questions": """The formula gives (90 - 5)/2 + 1 = 43.5, but Keras gives 43.
And why does the layer have 864 parameters when the kernel has only 5 weights?

model = keras.Sequential([keras.Input((90, 7)), layers.Conv1D(24, 5, strides=2)])
""",
    "activations": """How much memory do the activations of this network need? It has 1,824 parameters.

model = keras.Sequential([keras.Input((50, 50, 3)), layers.Conv2D(24, 5, padding="same"), layers.MaxPooling2D(2)])
""",
    "a tied matrix": """How many parameters does this have? I get 5000*64 + 33280 + 5000*64 + 5000 = 678,280.

class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5000, 64)
        self.rnn = nn.LSTM(64, 64, batch_first=True)
        self.out = nn.Linear(64, 5000)
        self.out.weight = self.emb.weight

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])
""",
    "two layers compared": """The first LSTM has 7,680 parameters, the second 12,960. Both have 40 units.
So why is the second larger?

model = keras.Sequential([keras.Input((60, 7)), layers.LSTM(40, return_sequences=True), layers.LSTM(40)])
""",
    "the largest layer": """Which layer has the most parameters, and why so many?

model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(16, 3), layers.MaxPooling2D(2), layers.Flatten(),
                          layers.Dense(90), layers.Dense(5)])
""",
    "at every step": """Why are there only 325 parameters in the TimeDistributed layer? I get 12*325 = 3,900.

model = keras.Sequential([keras.Input((12, 9)), layers.LSTM(64, return_sequences=True),
                          layers.TimeDistributed(layers.Dense(5))])
""",
    "one value of each channel": """Why has the dense layer 170 parameters?

model = keras.Sequential([keras.Input((30, 30, 3)), layers.Conv2D(16, 3), layers.GlobalAveragePooling2D(),
                          layers.Dense(10)])
""",
    "a batch": """With input (20, 16, 50) the output is (20, 33, 24). Why 24 and not 25?

self.conv = nn.Conv1d(in_channels=16, out_channels=33, kernel_size=3, stride=2)
""",
    "a call in a sentence": """Our nn.Conv2d(20, 40, 3, groups=4) has 1,840 parameters.
I think it should have 7,240. Why?
""",
    "memory of parameters": """How much memory do the parameters take? I computed 700*90 + 90*10 = 63,900.

model = nn.Sequential(nn.Linear(700, 90), nn.ReLU(), nn.Linear(90, 10))
""",
    "which framework is right": """Keras has 4*30 = 120 parameters in batch normalization, PyTorch 60. Which is right?

bn = nn.Sequential(nn.Conv2d(8, 30, 3), nn.BatchNorm2d(30))
""",
}

ASIDE = {  # questions that ask something else besides
    "dropout": """Why does the dense layer have 8,010 parameters? I get 32*10 + 10 = 330. Shouldn't
Dropout(0.5) cut that in half? Why is this one layer almost the whole network?

model = keras.Sequential([keras.Input((10, 10, 1)), layers.Conv2D(32, 3, padding="same"), layers.MaxPooling2D(2),
                          layers.Dropout(0.5), layers.Flatten(), layers.Dense(10)])
""",
    "an embedding": """Why does the embedding have 36,000 parameters? Is the matrix multiplied with
one-hot vectors? And is there no bias?

model = keras.Sequential([keras.Input((40,)), layers.Embedding(3000, 12), layers.Flatten(), layers.Dense(2)])
""",
    "in three parts": """Bidirectional(GRU(20)) on Embedding(500, 10), then Dense(1).

a) How many parameters in total?
b) What changes when the input has 60 tokens?
c) What changes with Bidirectional(GRU(20), merge_mode='sum')?
d) Who invented it?

model = keras.Sequential([layers.Embedding(500, 10), layers.Bidirectional(layers.GRU(20)), layers.Dense(1)])
""",
    "every step": """The dense layer has 65 parameters, I expected 20*12*5 + 5 = 1,205. Is it only
using the last step? Do I have to wrap it in TimeDistributed?

model = keras.Sequential([keras.Input((20, 4)), layers.LSTM(12, return_sequences=True), layers.Dense(5)])
""",
    "the image": """For the second convolution I get 3*3*3*16 + 16 = 448, Keras says 1,168. RGB is 3
channels, no? And do groups=4 save parameters?

model = keras.Sequential([keras.Input((20, 20, 3)), layers.Conv2D(8, 3), layers.Conv2D(16, 3)])
""",
    "two sums": """Which one is the number of parameters, 2,295 or 4,199? I count 4,199, too. Does the
tying save parameters?

class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(119, 16)
        self.fc = nn.Linear(16, 16)
        self.head = nn.Linear(16, 119)
        self.head.weight = self.emb.weight

    def forward(self, x):
        return self.head(self.fc(self.emb(x)))

print(sum(t.numel() for t in m.state_dict().values()))
""",
    "useless biases": """Is the bias useless here? How many parameters do I save with bias=False? Does
the ReLU add any?

block = nn.Sequential(nn.Conv2d(8, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
""",
    "what is not trained": """Why are 24 of the parameters non-trainable? I didn't freeze anything.
Would freezing reduce the number of parameters?

model = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(12, 3), layers.BatchNormalization()])
""",
    "work": """How many MACs does this convolution take? Does the stride change the MACs? Does
dilation_rate=2?

model = keras.Sequential([keras.Input((20, 20, 3)), layers.Conv2D(8, 3, strides=2)])
""",
    "larger images": """How many parameters are there? Does the number change with images of 32x32? And
without the pooling? And with grayscale images?

model = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(8, 3), layers.MaxPooling2D(2), layers.Flatten(),
                          layers.Dense(10)])
""",
    "the last step": """The LSTM has 176 parameters. Is it only using the last step? Does
return_sequences=True change that number, or does the batch size?

model = keras.Sequential([keras.Input((20, 6)), layers.LSTM(4), layers.Dense(1)])
""",
    "buffers": """My model has 104 parameters, but the sum over the state_dict is 113. What are the others?
Does output_padding=1 add parameters?

up = nn.Sequential(nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1))
print(sum(t.numel() for t in up.state_dict().values()))
""",
    "nothing is frozen": """I never froze a layer. Why are 24 of the 48 parameters of the batch normalization
not trained?

model = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(12, 3), layers.BatchNormalization()])
""",
}
