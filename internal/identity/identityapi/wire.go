package identityapi

import "github.com/hawker-live/hawker/internal/identity"

// UserCard is what others see of a user.
type UserCard struct {
	ID        string `json:"id" maxLength:"64"`
	Name      string `json:"name" maxLength:"64"`
	AvatarURL string `json:"avatarUrl" maxLength:"256" doc:"empty: draw initials"`
}

// User is the account as its owner sees it.
type User struct {
	UserCard
	Login  string `json:"login" maxLength:"64"`
	Bio    string `json:"bio" maxLength:"200"`
	Locale string `json:"locale" enum:"zh-CN,en"`
}

// Me is who is signed in.
type Me struct {
	User     User   `json:"user"`
	Operator bool   `json:"operator"`
	Demo     bool   `json:"demo" doc:"an account of the sample world"`
	DemoRole string `json:"demoRole,omitempty" enum:"viewer,host,merchant,operator" doc:"the role of the sample world this account stands for"`
}

// Session is one signed-in browser.
type Session struct {
	ID         string `json:"id" maxLength:"64"`
	Current    bool   `json:"current"`
	UserAgent  string `json:"userAgent" maxLength:"200"`
	CreatedAt  int64  `json:"createdAt" doc:"unix ms"`
	LastSeenAt int64  `json:"lastSeenAt" doc:"unix ms"`
}

// TeamMember is one row of a channel's or shop's team.
type TeamMember struct {
	User UserCard `json:"user"`
	Role string   `json:"role" enum:"owner,moderator,staff"`
}

// ImageURL is where a picture asset is served; "" for none.
func ImageURL(asset string) string {
	if asset == "" {
		return ""
	}
	return "/media/img/" + asset
}

// Card renders a user card.
func Card(c identity.Card) UserCard {
	return UserCard{ID: c.ID, Name: c.Name, AvatarURL: ImageURL(c.Avatar)}
}

func me(u identity.User) Me {
	return Me{
		User:     User{UserCard: UserCard{ID: u.ID, Name: u.Name, AvatarURL: ImageURL(u.Avatar)}, Login: u.Login, Bio: u.Bio, Locale: u.Locale},
		Operator: u.Operator, Demo: u.DemoRole != "", DemoRole: u.DemoRole,
	}
}
