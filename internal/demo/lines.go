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
	}
)

func inTongue(line [2]string, locale string) string {
	if locale == "en" {
		return line[1]
	}
	return line[0]
}
