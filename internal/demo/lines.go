package demo

import "math/rand/v2"

// The book's comments are two parallel lists; these are the places where a line makes sense, by its
// number. Lines about things this program does not do yet are in none.
var (
	anywhere = []int{9, 15, 24, 37, 47, 48, 49}
	selling  = []int{0, 3, 6, 16, 18, 23, 41, 42, 43, 52, 59}
	onAir    = []int{4, 10, 13, 26}
)

var byTopic = map[string][]int{
	"chestnut": {2, 8, 12, 19, 21, 57, 58},
	"market":   {8, 12, 19, 21, 44, 45, 54},
	"studio":   {1, 5, 17, 27, 50, 51, 55},
	"stars":    {22, 36},
	"reader":   {30, 31, 46},
	"dress":    {7, 11, 27, 32, 33, 56},
	"fruit":    {8, 20, 34, 35},
	"concert":  {25},
	"court":    {28, 29},
	"school":   {36, 45, 55},
}

// sells are the topics under which people talk about buying.
var sells = map[string]bool{"chestnut": true, "market": true, "studio": true, "dress": true, "fruit": true}

// topic lists the lines that fit a channel.
func topic(channel string) []int {
	// Twice, because what is about the channel itself should be heard more often.
	out := append(append(append([]int(nil), byTopic[channel]...), byTopic[channel]...), anywhere...)
	if sells[channel] {
		out = append(out, selling...)
	}
	return out
}

// line draws a comment for a channel in a language of the book.
func (sc *scene) line(channel, locale string, d *rand.Rand) string {
	lines := topic(channel)
	return sc.words(lines[d.IntN(len(lines))], locale)
}

func (sc *scene) words(n int, locale string) string {
	if locale == "en" {
		return sc.book.Comments.EN[n]
	}
	return sc.book.Comments.ZH[n]
}

// hall and lamp are what people say in rooms where nothing is sold, in both languages, line by line.
var (
	hall = [][2]string{
		{"这段弦一出来就安静了", "The strings came in and everyone went quiet"},
		{"现场的混响听着真舒服", "That reverb in the hall is lovely"},
		{"耳机党报到", "Headphones on, front row"},
		{"返场会弹那首吗", "Will they play that one for the encore"},
		{"灯光刚好照到琴上", "The light falls right on the instrument"},
		{"我在厨房听，锅都不敢响", "Listening from the kitchen, trying not to clatter"},
		{"这一句我循环了一年", "I have had this phrase on repeat for a year"},
		{"谁知道这首叫什么", "Does anyone know the name of this piece"},
		{"后排也听得清", "Clear as a bell from the back row"},
		{"第二小提琴今天状态真好", "Second violin is having a night"},
		{"刚进来，错过开场了吗", "Just came in, did I miss the opening"},
		{"这段慢板，屏住气听的", "Held my breath through that slow part"},
		{"有人也在等安可吗", "Anyone else waiting for the encore"},
		{"鼓掌鼓得手疼", "My hands hurt from clapping"},
		{"听到这里想起高中合唱队", "Takes me back to the school choir"},
		{"灯暗下来那一下最好", "The moment the lights went down was the best"},
		{"明年还办冬夜专场吗", "Will there be a winter night next year"},
		{"把音量开到刚好", "Volume just right, lamp off"},
		{"楼上那位跟着哼了", "Somebody upstairs is humming along"},
		{"大提琴一进来地板都在响", "You feel the cello in the floor"},
		{"这首是写给雪的吧", "This one must be about snow"},
		{"在外地听到家里的厅，真好", "Far from home, hearing our hall"},
		{"谢谢录音师", "Thank the sound crew for me"},
		{"下一首是不是慢的", "Is the next one slow"},
	}
	lamp = [][2]string{
		{"读慢一点，刚好跟得上", "This pace is just right"},
		{"今天读的是第几章", "Which chapter is it tonight"},
		{"听着听着孩子睡着了", "My little one fell asleep to this"},
		{"那盏灯是哪里买的", "Where is that lamp from"},
		{"下班路上听，心静下来了", "On my way home, quieter already"},
		{"这一段我抄在本子上了", "I copied that passage down"},
		{"翻页的声音真好听", "The sound of the page turning"},
		{"读完留一会儿灯吧", "Please leave the lamp on a while after"},
		{"今天雨大，正好听书", "Raining here, good night for a book"},
		{"这个名字怎么写", "How is that name spelled"},
		{"我从第三章开始跟的", "I joined at chapter three"},
		{"读错了一个字，别人没听出来", "One word slipped, nobody minds"},
		{"灯罩换过了吗", "Is that a new lampshade"},
		{"关灯前最后一件事", "Last thing before I turn in"},
		{"主人公后来走到了吗", "Does he ever get there"},
		{"我奶奶也爱听这一段", "My grandmother loves this part"},
		{"这封信写得真短", "Such a short letter"},
		{"停在这里刚好", "A good place to stop"},
		{"明晚九点见", "See you at nine tomorrow"},
		{"茶凉了都没发现", "My tea went cold, I forgot it"},
		{"可以再读一遍那句吗", "Could you read that line again"},
		{"第一次听，安静", "First time here. So calm"},
		{"耳机里像坐在对面", "Like sitting across the desk"},
		{"书签是叶子做的吗", "Is that bookmark a leaf"},
	}
)

func inTongue(line [2]string, locale string) string {
	if locale == "en" {
		return line[1]
	}
	return line[0]
}
